"""stub"""
def report(folder, derived):
    return "<!doctype html>stub"
