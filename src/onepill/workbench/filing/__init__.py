"""Where to file and when? Plans, routes and the law of a day."""
