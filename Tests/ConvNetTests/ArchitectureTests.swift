import ConvNet
import Testing
import Text

@Suite("The description language")
struct ArchitectureTests {
  @Test("a description reads back as itself", arguments: GradientTests.networks + [everything])
  func roundTrip(text: String) throws {
    let once = try Architecture(text).text
    #expect(try Architecture(once).text == once)
  }

  @Test("lines, semicolons, comments, case and synonyms mean the same")
  func spellings() throws {
    let file = """
      # a small one
      input 28x28        # one channel

      Conv2D 64 3X3 SAME relu   # many filters
      pool 2
      flatten
      linear 10 softmax
      """
    let inline = "input 28x28x1; conv 64 3x3 same relu; maxpool 2; flatten; dense 10"
    #expect(try Architecture(file).text == Architecture(inline).text)
    #expect(try Architecture(file).input == FeatureShape(height: 28, width: 28, channels: 1))
  }

  @Test("blocks may span lines")
  func blocks() throws {
    let text = """
      residual {
        conv 8 3x3 same relu   # first
        conv 8 3x3 same
      } shortcut { conv 8 1x1 } relu
      """
    #expect(
      try Architecture(text).text
        == "residual { conv 8 3x3 same relu; conv 8 3x3 same } shortcut { conv 8 1x1 } relu")
  }

  @Test(
    "errors say where and what to write",
    arguments: [
      ("", "the description has no layers; write, say, \"flatten; dense 10\""),
      ("flatten; dens 10", "1:10: there is no layer \"dens\"; did you mean \"dense\"?"),
      ("flatten\n  dense ten", "2:9: \"ten\" means nothing to dense; it takes a number of outputs"),
      ("conv 64", "1:1: conv needs a kernel size, as 3x3"),
      ("conv 64 3x3x3", "1:9: \"3x3x3\" means nothing to conv; it takes a kernel size, as 3x3"),
      ("conv 0 3x3", "1:6: \"0\" is out of range for conv; allowed: 1…65536"),
      (
        "conv 8 3x3 smae",
        "1:12: \"smae\" means nothing to conv; it takes same, valid, pad, stride, dilation, groups,"
          + " nobias, how its weights start (glorot, he, uniform, dirac, unit, whitened), and last an"
          + " activation; did you mean \"same\"?"
      ),
      ("dropout 1.5", "1:9: \"1.5\" is out of range for dropout; allowed: 0.0…0.99"),
      ("residual { relu", "1:10: this brace has no partner"),
      (
        "flatten; dense 8 softmax; dense 2",
        "1:18: \"softmax\" means nothing to a network; it takes softmax only at its end"
      ),
      ("relu }", "1:6: this brace has no partner"),
      ("relu; input 3x3", "1:7: input stands before the layers, once, as \"input 32x32x3\""),
      ("relu { relu }", "1:1: \"{\" means nothing to relu; it takes no block in braces"),
      (
        "maxpool 2 pad 2",
        "1:11: \"pad\" is out of range for maxpool; allowed: padding smaller than the window"
      ),
      (
        "conv 99999999999999999999 3x3",
        "1:6: \"99999999999999999999\" means nothing to conv; it takes a number of filters"
      ),
    ])
  func errors(text: String, message: String) {
    let error = #expect(throws: NetworkError.self) { try Architecture(text) }
    #expect(error.map { "\($0)" } == message)
  }

  @Test(
    "blocks within blocks end at a depth that no network has, however deep the text",
    arguments: [17, 300, 10_000, 100_000])
  func nesting(depth: Int) throws {
    func text(_ depth: Int) -> String {
      String(repeating: "residual { ", count: depth) + "relu"
        + String(repeating: " }", count: depth)
    }
    #expect(
      throws: NetworkError.tooDeep(at: TextPosition(line: 1, column: 186), deepest: 16)
    ) { try Architecture(text(depth)) }
    #expect(throws: NetworkError.tooDeep(at: TextPosition(line: 1, column: 186), deepest: 16)) {
      try Architecture(String(repeating: "residual { ", count: depth))
    }
    let deepest = try Network(
      Architecture(text(16)), input: FeatureShape(height: 8, width: 8, channels: 3))
    #expect(deepest.allNodes.count == 17)
  }

  @Test("gates and stochastic depth read back; a gate that cannot weigh its input is refused")
  func gates() throws {
    let text =
      "input 6x6x8\nresidual { conv 8 3x3 same; gate { globalavgpool; dense 2 silu; dense 8 hardsigmoid };"
      + " droppath 0.2 } relu\ngate { conv 8 1x1 sigmoid }\nflatten\ndense 3"
    #expect(try Architecture(text).text == text)
    #expect(try Network(Architecture(text)).nodes[1].output.description == "6×6×8")
    #expect(
      try Architecture("excite { conv 8 1x1 }; stochasticdepth 0.1").layers.map(\.text)
        == ["gate { conv 8 1x1 }", "droppath 0.1"])
    for body in [
      "globalavgpool; dense 4", "conv 1 1x1", "conv 8 3x3", "flatten", "flatten; dense 8; relu",
    ] {
      let isGood = body.hasSuffix("relu")
      let made = Result { try Network(Architecture("input 6x6x8; gate { \(body) }")) }
      #expect(((try? made.get()) != nil) == isGood, "\(body)")
    }
    #expect(
      throws: NetworkError.misfit(
        at: TextPosition(line: 1, column: 14),
        .gateMismatch(
          layer: "gate1", body: .vector(4),
          input: FeatureShape(height: 6, width: 6, channels: 8)))
    ) { try Network(Architecture("input 6x6x8; gate { globalavgpool; dense 4 }")) }
    for text in ["gate", "gate { }", "gate { relu } { relu }", "gate { relu } relu", "droppath 1"] {
      #expect(throws: NetworkError.self) { try Architecture(text) }
    }
  }

  @Test("presets take as many classes as a dense layer has outputs")
  func classes() throws {
    for preset in Preset.all {
      #expect(throws: NetworkError.self) { try preset.architecture(classes: 1_073_741_824) }
      #expect(try preset.architecture(classes: 65536).layers.count > 0)
    }
  }

  @Test("a layer in a block that doesn't fit is named by its own line")
  func misfitInside() throws {
    let text = "conv 4 3x3\nresidual {\n  relu\n  conv 4 9x9 # too large\n}\nflatten; dense 2"
    let architecture = try Architecture(text)
    let error = #expect(throws: NetworkError.self) {
      try Network(architecture, input: FeatureShape(height: 8, width: 8, channels: 3))
    }
    #expect(error.map { "\($0)" }?.hasPrefix("4:3: conv2: the window spans 9 samples") == true)
  }

  @Test(
    "a setting that is given twice is refused",
    arguments: [
      ("conv 8 3x3 pad 1 same", "1:18: conv is told its padding twice; keep one"),
      ("conv 8 3x3 same valid", "1:17: conv is told its padding twice; keep one"),
      ("conv 8 3x3 stride 2 stride 2", "1:21: conv is told its stride twice; keep one"),
      ("maxpool 2 same pad 1", "1:16: maxpool is told its padding twice; keep one"),
      (
        "batchnorm momentum 0.1 momentum 0.2",
        "1:24: batchnorm is told its momentum twice; keep one"
      ),
    ])
  func repeated(text: String, message: String) {
    let error = #expect(throws: NetworkError.self) { try Architecture(text) }
    #expect(error.map { "\($0)" } == message)
  }

  @Test("the title of a convolution says what it lacks")
  func titles() throws {
    let layers = try Architecture("conv 8 3x3 same nobias relu; conv 8 3x3").layers
    #expect(layers.map(\.title) == ["Conv2D(8, 3×3, same, no bias, ReLU)", "Conv2D(8, 3×3)"])
  }

  @Test("a mistyped word of a layer is told with the one that was meant")
  func meant() {
    for (text, word) in [
      ("conv 8 3x3 reluu", "relu"), ("conv 8 3x3 stide 2", "stride"), ("dense 3 nobais", "nobias"),
      ("flatten; batchnorm nosclae", "noscale"),
    ] {
      let error = #expect(throws: NetworkError.self) { try Architecture(text) }
      #expect("\(error!)".hasSuffix("; did you mean \"\(word)\"?"), "\(error!)")
    }
    for text in ["conv 8 3x3 relu relu", "conv 8 3x3 relu6 same"] {
      let error = #expect(throws: NetworkError.self) { try Architecture(text) }
      let advice = "; each at most once, and nothing behind the activation"
      #expect("\(error!)".hasSuffix(advice), "\(error!)")
    }
    let other = #expect(throws: NetworkError.self) { try Architecture("dense 3 flatten") }
    #expect("\(other!)".hasSuffix("and last an activation"))
  }

  @Test("a mark of the encoding is no part of the first word")
  func mark() throws {
    #expect(try Architecture("\u{FEFF}conv 8 3x3\r\nflatten\r\n").layers.count == 2)
  }

  @Test(
    "layers that don't fit say so by name",
    arguments: [
      (
        "dense 10",
        "1:1: dense1: takes a flat input, not 8×8×3; put flatten (or globalavgpool) before it"
      ),
      (
        "conv 4 3x3; conv 4 9x9; flatten; dense 2",
        "1:13: conv2: the window spans 9 samples but the padded map has only 6; use a smaller window,"
          + " padding (same), fewer poolings before it, or larger images"
      ),
      (
        "flatten; maxpool 2",
        "1:10: maxpool1: takes a map of height × width × channels, but its input is flat (192)"
      ),
      (
        "residual { conv 4 3x3 }",
        "1:1: residual1: the body yields 6×6×4 and the shortcut 8×8×3; they are added, so they must"
          + " agree (shortcut { conv … 1x1 } changes channels and size)"
      ),
      (
        "flatten; dense 65536; dense 65536",
        "1:23: dense2: too many values for this machine; use fewer channels or a smaller input"
      ),
    ])
  func misfits(text: String, message: String) throws {
    let architecture = try Architecture(text)
    let error = #expect(throws: NetworkError.self) {
      try Network(architecture, input: FeatureShape(height: 8, width: 8, channels: 3))
    }
    #expect(error.map { "\($0)" } == message)
  }
}
