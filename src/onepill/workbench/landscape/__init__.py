"""Who else is there? The questions about the world's programmes on the loaded registries."""
