"""Who asks, may they, and was it answered before?"""
