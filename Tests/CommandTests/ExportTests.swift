import ConvNet
import Libc
import Random
import Raster
import TestSupport
import Testing

@Suite("export")
struct ExportTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// The Python that has ONNX Runtime and NumPy; nil, said once, where none has.
  static let python: String? = {
    let chosen = getenv("CONVFILTER_PYTHON").map { String(cString: $0) }
    for name in [chosen, "python3"].compactMap({ $0 }) {
      let result = try? CommandRunner.run(other: name, ["-c", "import numpy, onnxruntime"])
      if result?.status == .exited(0) { return name }
    }
    print("skipped: no onnxruntime (pip install onnxruntime; CONVFILTER_PYTHON names its Python)")
    return nil
  }()

  /// Architectures of all presets, and what they leave out.
  static let architectures: [String] =
    Preset.all.map { preset in
      let side = preset.name.hasPrefix("digits") ? "8x8x1" : preset.canFlip ? "32x32x3" : "28x28x1"
      return "input \(side); \((try? preset.architecture(classes: 10).text) ?? "")"
    } + [
      "input 11x9x3; conv 6 3x3 stride 2 same nobias; batchnorm epsilon 0.001; relu6; "
        + "depthwise 3x3 same silu; conv 8 3x3 groups 2 pad 1,0,2,1 leakyrelu 0.2; globalavgpool; dense 10",
      "input 12x10x1; conv 4 3x2 dilation 2 same gelu; maxpool 3 stride 2 same; minpool 2 stride 1; "
        + "residual { conv 4 3x3 same tanh; dropout 0.5; conv 4 1x1 } shortcut { conv 4 1x1; batchnorm } "
        + "sigmoid; avgpool 3 stride 1 same; flatten; dense 7 relu; batchnorm; dense 10",
      "input 9x9x3; conv 5 3x3 hardswish; batchnorm noscale; globalmaxpool; dense 10; scale 0.5",
      "input 9x8x3; conv 6 3x3 stride 2 pad 1 relu; gate { globalavgpool; dense 2 silu; dense 6 hardsigmoid }; "
        + "maxpool 3 stride 1 pad 1; gate { conv 6 3x3 same sigmoid }; gate { avgpool 5x4; conv 6 1x1 tanh }; "
        + "residual { conv 6 1x1; droppath 0.3 }; flatten; dense 7; gate { dense 7 }; droppath 0.2; dense 10",
    ]

  /// A model with weights as they never are at the start.
  static func model(_ text: String) throws -> Model {
    let network = try Network(Architecture(text.replacing("; ", with: "\n")))
    let random = CounterRandom(key: 5)
    var weights = Weights(network, seed: 3)
    for index in weights.statistics.indices {
      weights.statistics[index] = 0.5 + random.uniform(UInt64(index))
    }
    for slot in network.slots where slot.shape.suffix == "bias" {
      for place in slot.range { weights.trained[place] = random.uniform(UInt64(place)) - 0.5 }
    }
    let channels = network.input.channels
    return try Model(
      network: network, weights: weights, classNames: (0..<10).map { "class \($0)" },
      normalization: Normalization(
        mean: (0..<channels).map { 0.4 + 0.05 * Float($0) },
        deviation: (0..<channels).map { 0.2 + 0.05 * Float($0) }))
  }

  static let script = """
    import json, sys
    import numpy as np
    import onnxruntime
    session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
    shape = session.get_inputs()[0].shape[1:]
    images = np.frombuffer(open(sys.argv[2], "rb").read(), np.uint8).reshape([-1] + shape)
    names = json.loads(session.get_modelmeta().custom_metadata_map["classes"])
    print(json.dumps(names))
    for row in session.run(None, {"image": images})[0]:
        print(*row)
    """

  @Test(
    "ONNX Runtime gives the same probabilities for every preset and every layer",
    .enabled(if: Self.python != nil), arguments: Self.architectures)
  func onnx(text: String) throws {
    let python = try #require(Self.python)
    let model = try Self.model(text)
    try folder.write(ModelFile.encode(model), to: "m.safetensors")
    let exported = try CommandRunner.run(
      ["export", "m.safetensors", "m.onnx"], folder: folder.path)
    #expect(exported.status == .exited(0), "\(exported.errors)")
    let random = CounterRandom(key: 9)
    let count = 3
    let levels = (0..<count * model.network.input.count).map {
      UInt8(random.below(256, at: UInt64($0)))
    }
    try folder.write(levels, to: "images")
    let result = try CommandRunner.run(
      other: python, ["-c", Self.script, "m.onnx", "images"], folder: folder.path)
    #expect(result.status == .exited(0), "\(result.errors)")
    let lines = result.text.split(separator: "\n")
    #expect(lines[0].hasPrefix("[\"class 0\", \"class 1\""))
    let ours = Predictor(model, batch: 2, team: .forNetworks(threads: 1))
      .probabilities(levels.map { Float($0) })
    #expect(lines.count == count + 1)
    for (line, row) in zip(lines.dropFirst(), ours) {
      let theirs = line.split(separator: " ").compactMap { Float($0) }
      #expect(theirs.count == 10)
      #expect(zip(theirs, row).allSatisfy { abs($0 - $1) < 1e-4 }, "\(theirs) \(row)")
    }
  }

  @Test("a module of PyTorch names its layers as the model file does")
  func pytorch() throws {
    let text = Self.architectures[Self.architectures.count - 2]
    let model = try Self.model(text)
    try folder.write(ModelFile.encode(model), to: "m.safetensors")
    let result = try CommandRunner.run(
      ["export", "m.safetensors", "--pytorch", "net.py"], folder: folder.path)
    #expect(result.status == .exited(0), "\(result.errors)")
    let source = String(decoding: try #require(folder.read("net.py")), as: UTF8.self)
    for slot in model.network.slots {
      #expect(source.contains("self.\(slot.name.split(separator: ".")[0]) = nn."), "\(slot.name)")
    }
    let check = "import ast; ast.parse(open('net.py').read())"
    let parsed = try CommandRunner.run(other: "python3", ["-c", check], folder: folder.path)
    #expect(parsed.status == .exited(0), "\(parsed.errors)")
  }

  @Test("what is there is not overwritten, and an ending that says nothing is refused")
  func names() throws {
    try folder.write(ModelFile.encode(Self.model(Self.architectures[0])), to: "m.safetensors")
    try folder.write([1], to: "m.onnx")
    let kept = try CommandRunner.run(["export", "m.safetensors", "m.onnx"], folder: folder.path)
    #expect(kept.status == .exited(1) && folder.read("m.onnx") == [1])
    let forced = try CommandRunner.run(
      ["export", "m.safetensors", "m.onnx", "--force"], folder: folder.path)
    #expect(forced.status == .exited(0) && folder.read("m.onnx")!.count > 1000)
    let other = try CommandRunner.run(["export", "m.safetensors", "m.h5"], folder: folder.path)
    #expect(other.status == .exited(64) && other.errors.contains(".onnx, .py or .safetensors"))
  }
}
