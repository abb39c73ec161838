import ConvNet
import ImageCodecs
import KernelLanguage
import PictureSupport
import Raster
import TestSupport
import Testing

@Suite("apply, filters of models")
struct ModelFilterTests {
  static let layers = [
    "conv 4 3x3", "conv 4 3x3 same", "conv 4 5x3 stride 2x1 same", "conv 4 2x4 same nobias",
    "conv 4 3x3 stride 2 pad 1", "conv 4 3x3 dilation 2 same", "conv 4 3x3 pad 5",
    "conv 4 3x3 pad 2,0,1,2 dilation 2", "conv 4 1x1", "conv 4 9x9 same",
  ]

  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// A model whose layers fit pictures of any size, and that size's own network.
  func model(_ layer: String, _ width: Int, _ height: Int, _ channels: Int) throws -> Model {
    let network = try Network(
      Architecture("\(layer); globalavgpool; dense 2"),
      input: FeatureShape(height: height, width: width, channels: channels))
    var weights = Weights(network, seed: 6)
    // Biases that show.
    for slot in network.slots where slot.name.hasSuffix("bias") {
      for i in slot.range { weights.trained[i] = Float(i % 5) * 0.1 - 0.2 }
    }
    return try Model(
      network: network, weights: weights, classNames: ["a", "b"],
      normalization: Normalization(
        mean: channels == 3 ? [0.49, 0.48, 0.45] : [0.131],
        deviation: channels == 3 ? [0.25, 0.24, 0.26] : [0.31]))
  }

  /// The maps of the first layer on a picture, for a network of the picture's own size.
  func maps(_ layer: String, _ width: Int, _ height: Int, _ channels: Int, _ samples: [UInt8])
    throws -> FeatureMaps
  {
    Inspector(try model(layer, width, height, channels), team: .forNetworks(threads: 1))
      .maps(of: samples.map { Float($0) })[0]
  }

  @Test(
    "yields what the layer computes, on pictures of the model's size and others",
    arguments: layers, [(1, 10, 9), (3, 10, 9), (3, 90, 41), (1, 90, 41)])
  func layer(layer: String, shape: (channels: Int, width: Int, height: Int)) throws {
    let (channels, width, height) = shape
    try folder.write(ModelFile.encode(model(layer, 10, 9, channels)), to: "m.safetensors")
    let samples = TestPictures.noise(width * height * channels, 4)
    try folder.write(
      TestPictures.png(width, height, channels == 3 ? .rgb : .gray, samples), to: "in.png")
    let maps = try maps(layer, width, height, channels, samples)
    for filter in [0, 3] {
      let picture = try filtered("m.safetensors:conv1/\(filter)")
      #expect(picture.format.color == .gray)
      #expect(picture.format.width == maps.shape.width)
      #expect(picture.format.height == maps.shape.height)
      expect(picture.samples() as [UInt8], maps.map(filter).map { $0 * 255 })
    }
  }

  @Test("depth, magnitude, spread and sets apply to the layer's own results, border included")
  func options() throws {
    try folder.write(ModelFile.encode(model("conv 4 3x3 same", 10, 9, 3)), to: "m.safetensors")
    let samples = TestPictures.noise(50 * 20 * 3, 5)
    try folder.write(TestPictures.png(50, 20, .rgb, samples), to: "in.png")
    let maps = try maps("conv 4 3x3 same", 50, 20, 3, samples)
    let (first, second) = (maps.map(1), maps.map(2))
    let deep = try filtered("m.safetensors:conv1/1", "--depth", "16")
    expect(deep.samples() as [UInt16], first.map { $0 * 65535 }, within: 1)
    let magnitude = try filtered("m.safetensors:conv1/1", "--range", "abs")
    expect(magnitude.samples() as [UInt8], first.map { abs($0) * 255 })
    let spread = try filtered("m.safetensors:conv1/1", "--range", "auto")
    let (low, high) = (first.min()!, first.max()!)
    expect(spread.samples() as [UInt8], first.map { ($0 - low) / (high - low) * 255 })
    let set = try filtered("m.safetensors:conv1/1; m.safetensors:conv1/2")
    expect(set.samples() as [UInt8], zip(first, second).map { max($0, $1) * 255 })
  }

  @Test("an opaque picture gives the same with alpha as without")
  func alpha() throws {
    for layer in ["conv 4 3x3 same", "conv 4 3x3 pad 5", "conv 4 5x5 stride 3 same"] {
      try folder.write(ModelFile.encode(model(layer, 10, 9, 3)), to: "m.safetensors")
      let samples = TestPictures.noise(40 * 20 * 3, 7)
      let opaque = (0..<800).flatMap { pixel -> [UInt8] in
        samples[3 * pixel..<3 * pixel + 3] + [255]
      }
      try folder.write(TestPictures.png(40, 20, .rgba, opaque), to: "in.png")
      let picture = try filtered("m.safetensors:conv1/1")
      #expect(picture.format.color == .grayAlpha)
      let result: [UInt8] = picture.samples()
      let pixels = result.indices.filter { $0 % 2 == 0 }
      #expect(pixels.allSatisfy { result[$0 + 1] == 255 })
      let map = try maps(layer, 40, 20, 3, samples).map(1)
      expect(pixels.map { result[$0] }, map.map { $0 * 255 })
    }
  }

  @Test("matrix computes the same numbers, unrounded", arguments: layers)
  func matrix(layer: String) throws {
    try folder.write(ModelFile.encode(model(layer, 10, 9, 1)), to: "m.safetensors")
    let samples = TestPictures.noise(17 * 12, 9)
    let text = (0..<12).map { y in
      samples[17 * y..<17 * (y + 1)].map { "\($0)" }.joined(separator: " ")
    }.joined(separator: "\n")
    let result = try CommandRunner.run(
      ["matrix", "--kernel", "m.safetensors:conv1/1"], input: Array(text.utf8),
      folder: folder.path)
    #expect(result.status == .exited(0), "\(result.errors)")
    let rows = result.text.split(separator: "\n").map { line in
      line.split(separator: " ").compactMap { Double($0) }
    }
    let maps = try maps(layer, 17, 12, 1, samples)
    #expect(rows.count == maps.shape.height && rows[0].count == maps.shape.width)
    for (number, value) in zip(rows.joined(), maps.map(1)) {
      #expect(abs(number - 255 * Double(value)) < 2e-3)
    }
  }

  @Test("padding that the user names replaces the layer's zeros, not their extent")
  func replaced() throws {
    try folder.write(
      ModelFile.encode(model("conv 4 3x3 pad 2,0,1,2", 10, 9, 1)), to: "m.safetensors")
    let samples = TestPictures.noise(90, 8)
    try folder.write(TestPictures.png(10, 9, .gray, samples), to: "in.png")
    let edge = try filtered("m.safetensors:conv1/1:padding=replicate")
    #expect(edge.format.width == 10 && edge.format.height == 10)
    let inner = try filtered("m.safetensors:conv1/1:padding=valid")
    #expect(inner.format.width == 8 && inner.format.height == 7)
  }

  @Test(
    "what is no filter of a model is wrong usage",
    arguments: [("m.safetensors:conv9/0", "conv9"), ("no.safetensors:conv1/0", "no such file")])
  func unknown(spec: String, message: String) throws {
    try folder.write(ModelFile.encode(model("conv 4 3x3", 10, 9, 3)), to: "m.safetensors")
    let result = try CommandRunner.apply(spec, "in.png", "out.png", folder: folder.path)
    #expect(result.status == .exited(64))
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  private func filtered(_ kernel: String, _ options: String...) throws -> Picture {
    let result = try CommandRunner.run(
      ["apply", "--quiet", "--force", "--kernel", kernel] + options + ["in.png", "out.png"],
      folder: folder.path)
    #expect(result.status == .exited(0), "\(result.errors)")
    return try decode(folder.read("out.png") ?? [])
  }

  /// A level of rounding, and what single precision leaves open.
  private func expect<Sample: FixedWidthInteger>(
    _ samples: [Sample], _ values: [Float], within: Double = 0.505
  ) {
    #expect(samples.count == values.count)
    let worst = zip(samples, values).map {
      abs(Double($0) - min(max(Double($1), 0), Double(Sample.max)))
    }.max()
    #expect(worst ?? 1 <= within)
  }
}
