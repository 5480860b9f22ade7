"""Runs a module of this folder with the site loaded: python -m bench.start seed 2 200 12"""

import sys
from importlib import import_module

import django

if __name__ == "__main__":
    django.setup()
    import_module(f"bench.{sys.argv[1]}").main(*sys.argv[2:])
