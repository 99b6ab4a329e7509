"""What does a programme's file say once every gap is filled, and which plan is that?"""
