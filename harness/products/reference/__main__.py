"""Who the reference filter is: `python -m harness.products.reference`, which is asked in every run, prints it without
loading the filter."""

import harness

if __name__ == "__main__":
    print(f"reference {harness.__version__}")
