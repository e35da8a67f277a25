"""`python -m pdm` is `pdmctl`."""

from pdm.cli.main import main

if __name__ == "__main__":
    main(prog_name="pdmctl")
