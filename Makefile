# `make app` and `make test` work from a bare clone with python3, make and pip; a second run starts in seconds.
#
#   PYTHON=python3.12    another interpreter for the virtual environment
#   TORCH_INDEX=<url>    an extra package index, such as PyTorch's own for CPU wheels: on Linux the default
#                        torch brings several gigabytes of CUDA along, which grafx_lab does not need
#   BENCH=processors     what `make bench` measures: recovery by default; `grafx-lab bench` lists the others
#   ARGS="--port 8000"   further words for the command behind `make app`, `make lab` and `make bench`

PYTHON ?= python3
TORCH_INDEX ?=
ARGS ?=
BENCH ?= recovery

BIN := .venv/bin
STAMPS := .venv/stamps
PIP_INSTALL := $(BIN)/python -m pip install --quiet --constraint constraints.txt \
	$(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))

.PHONY: app lab test bench soak frontend dist
.DEFAULT_GOAL := app

app: $(STAMPS)/app
	$(BIN)/grafx-lab app $(ARGS)

lab: $(STAMPS)/lab
	$(BIN)/grafx-lab lab $(ARGS)

# Unit tests share the cores as two processes of one thread each; what drives a browser or a kernel
# comes after them, alone, because it keeps time.
test: $(STAMPS)/test
	$(BIN)/python tests/browser/chromium.py
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -m "not browser and not notebook and not compile and not timing"
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -m compile
	$(BIN)/python -m pytest -m notebook
	$(BIN)/python -m pytest -m browser
	@echo "All green: ruff, pyright, and the unit, compile, notebook and browser tests."

bench: $(STAMPS)/bench
	$(BIN)/grafx-lab bench $(BENCH) $(ARGS)

# How fast panels follow a hand, in figures; then ten minutes of drags in a real JupyterLab: neither the kernel nor the
# browser may grow.
soak: $(STAMPS)/test
	$(BIN)/python tests/browser/chromium.py
	$(BIN)/python -m pytest -s -m timing
	PYTHONPATH=. $(BIN)/python tests/widgets/soak.py $(ARGS)

frontend:
	@command -v npm >/dev/null || { echo "make frontend needs Node.js with npm; the committed bundles in" \
		"grafx_lab/frontend/dist serve everybody else."; exit 1; }
	cd grafx_lab/frontend && npm ci && node build.mjs

dist: $(STAMPS)/test
	$(BIN)/python -m build --outdir dist

# A stamp is older than pyproject.toml or constraints.txt exactly when its install is out of date. The stamps
# live in the environment, so that deleting .venv forgets them too.
$(STAMPS)/app: EXTRAS :=
$(STAMPS)/lab: EXTRAS := [notebooks]
$(STAMPS)/test: EXTRAS := [notebooks,gin,dev]
$(STAMPS)/bench: EXTRAS := [peers]
$(STAMPS)/app $(STAMPS)/lab $(STAMPS)/test $(STAMPS)/bench: pyproject.toml constraints.txt | $(STAMPS)
	@echo "Installing grafx_lab$(EXTRAS) into .venv (once; the first time takes some minutes) …"
	@$(PIP_INSTALL) --editable ".$(EXTRAS)"
	@touch $@

$(STAMPS):
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here. Install Python 3.11 or newer," \
		"or name yours: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo "grafx_lab needs Python 3.11" \
		"or newer, and $(PYTHON) is older. Name a newer one: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c "import venv, ensurepip" 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments:" \
		"its venv module is missing. On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@mkdir -p $@
