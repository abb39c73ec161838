# convfilter: `make help` lists what there is.
PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
# Package.swift looks which libraries there are: what it found once is not kept, for more may be installed since.
ANEW = --manifest-cache none --disable-build-manifest-caching
BUILD = $(SWIFT) build -c release $(ANEW)
# Where Homebrew has the headers of libraries, the compiler does not look by itself.
HOMEBREW = $(wildcard /opt/homebrew/include)
ifneq ($(HOMEBREW),)
export CPATH := $(if $(CPATH),$(CPATH):)$(HOMEBREW)
endif

.PHONY: help deps build demo test lint format fuzz sanitize sanitize-address sanitize-thread \
  torture pages course without bench bench-deps bench-train bench-networks \
  golden install clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install the system libraries (libpng, libjpeg, zlib, ISA-L, and those of formats), or print how
	@sh .ci/install-libraries

build: deps ## build the program into .build/release
	$(BUILD) --product convfilter

demo: build ## filter a sample picture and say where the result is
	@sh .ci/demo

test: deps ## run all tests
	$(SWIFT) test -c release -Xswiftc -enable-testing $(ANEW) $(TESTFLAGS)

fuzz: deps ## let fuzzers loose on all readers (SECONDS=30 each, TARGETS=names)
	@SWIFT="$(SWIFT)" FUZZ_BUILD="$(or $(FUZZ_BUILD),release)" FUZZ_OTHERS="$(FUZZ_OTHERS)" .ci/fuzz $(or $(SECONDS),30) $(TARGETS)

sanitize: sanitize-address sanitize-thread ## test under the sanitizers: memory, undefined behaviour, races

sanitize-address sanitize-thread: sanitize-%: deps
	@SWIFT="$(SWIFT)" .ci/sanitize $*

torture: build ## kill, starve and crowd the program, and look what is left (KILLS=1000)
	@python3 Tests/Torture/torture.py .build/release/convfilter --kills $(or $(KILLS),1000) \
	  $(TORTUREFLAGS)

without: deps ## build without libraries that may be missing, and look what the programs can do (WITHOUT=names)
	@SWIFT="$(SWIFT)" sh .ci/without $(WITHOUT)

pages: build ## open the pages in a browser (Chromium with its driver), and look at them
	@python3 Tests/Browser/pages.py .build/release/convfilter

course: build ## run every command of README and course, and compare what is printed with what is shown
	@python3 Tests/Course/readme.py .build/release/convfilter
	@python3 Tests/Course/course.py .build/release/convfilter

bench-train: deps ## time training beside PyTorch and Keras (DATA=folder of the data sets)
	$(BUILD) --product convbench
	@sh Sources/convbench/Rivals/bench-train $(BENCHFLAGS)

bench-networks: deps ## time deep networks beside PyTorch and ONNX Runtime (RIVALS_PYTHON=one that has them)
	$(BUILD) --product convbench
	@test -n "$(RIVALS_PYTHON)" || { python3 -m venv .build/rivals && .build/rivals/bin/pip install --quiet \
	  numpy safetensors onnxruntime torch; }
	.build/release/convbench networks --growth --python $(or $(RIVALS_PYTHON),.build/rivals/bin/python) \
	  $(BENCHFLAGS)

bench-deps: ## install the rivals that bench runs: libraries for Python, and programs
	python3 -m venv .build/bench-venv
	.build/bench-venv/bin/pip install --quiet numpy opencv-python-headless pillow scikit-image scipy
	@command -v apt-get > /dev/null && apt-get install -y -q libvips-tools imagemagick \
	  graphicsmagick || echo "Install libvips, ImageMagick and GraphicsMagick for 'make bench'."

bench: deps ## measure beside the rivals; tables go to bench-results
	$(BUILD) --static-swift-stdlib --product convbench
	$(BUILD) --static-swift-stdlib --product convfilter
	.build/release/convbench memory --growth $(BENCHFLAGS)
	.build/release/convbench programs --growth $(BENCHFLAGS)
	.build/release/convbench programs --formats $(BENCHFLAGS)

lint: ## check the formatting
	$(SWIFT) format lint --strict --recursive Package.swift Plugins Sources Tests

format: ## format the sources in place
	$(SWIFT) format --in-place --recursive Package.swift Plugins Sources Tests

golden: deps ## write anew the help texts that the tests compare with
	CONVFILTER_WRITE_GOLDENS=1 $(SWIFT) test -c release -Xswiftc -enable-testing --filter HelpTests

install: deps ## install into PREFIX (default /usr/local): program, manual, completions
	@SWIFT="$(SWIFT)" sh .ci/install "$(PREFIX)" "$(DESTDIR)"

clean: ## remove what was built
	rm -rf .build demo
