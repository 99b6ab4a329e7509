"""Who fits whom?"""
