import ConvNet
import Datasets
import Raster
import TestSupport
import Testing
import Text

@Suite("Published networks")
struct PublishedNetworkTests {
  @Test("EfficientNet-Lite0 yields PyTorch's outputs", .enabled(if: TestData.isThere))
  func efficientNet() throws {
    let data = try #require(TestData.folder)
    let folder = DataFolder(data + "/models")
    let model = try ModelFile.decode(folder.read("efficientnet-lite0.safetensors"))
    let compiled = CompiledNetwork(
      model.network, model.weights, batch: 1, team: .forNetworks(threads: 2))
    let facts = JSON(try folder.read("efficientnet-lite0.logits.json"))
    guard case .object(let pictures)? = facts?["logits"] else {
      Issue.record("no logits")
      return
    }
    #expect(pictures.count == 4)
    let photos = DataFolder(data + "/photos")
    for (name, logits) in pictures {
      let picture = try ImagePreparation.picture(of: photos.read(name))
      // The top left corner: all of a picture of its own size that is cut out.
      let whole = ImagePreparation(
        width: picture.format.width, height: picture.format.height, channels: 3
      ).image(of: picture)
      var corner: [Float] = []
      for y in 0..<224 {
        let start = y * picture.format.width * 3
        corner += whole[start..<start + 224 * 3].map { Float($0) }
      }
      let ours = compiled.outputs(for: model.normalization.apply(corner))
      let theirs = try #require(logits.array).map { Float($0.number!) }
      #expect(ours.count == 1000 && theirs.count == 1000)
      let worst = zip(ours, theirs).map { abs($0 - $1) }.max()!
      #expect(worst < 1e-3, "\(name)")
    }
    #expect(model.classNames[872] == "tripod" && model.classNames[967] == "espresso")
  }

  /// A file with the tensors of torchvision's ResNet of two convolutions a block.
  static func resNet(_ blocks: [Int], classes: Int) -> [(name: String, shape: [Int])] {
    var tensors: [(String, [Int])] = []
    func convolution(_ name: String, _ shape: [Int]) { tensors.append((name + ".weight", shape)) }
    func normalization(_ name: String, _ count: Int) {
      for suffix in ["weight", "bias", "running_mean", "running_var"] {
        tensors.append(("\(name).\(suffix)", [count]))
      }
    }
    convolution("conv1", [64, 3, 7, 7])
    normalization("bn1", 64)
    var before = 64
    for (stage, count) in blocks.enumerated() {
      let width = [64, 128, 256, 512][stage]
      for block in 0..<count {
        let name = "layer\(stage + 1).\(block)"
        convolution(name + ".conv1", [width, block == 0 ? before : width, 3, 3])
        normalization(name + ".bn1", width)
        convolution(name + ".conv2", [width, width, 3, 3])
        normalization(name + ".bn2", width)
        if block == 0 && stage > 0 {
          convolution(name + ".downsample.0", [width, before, 1, 1])
          normalization(name + ".downsample.1", width)
        }
      }
      before = width
    }
    tensors += [("fc.weight", [classes, 512]), ("fc.bias", [classes])]
    return tensors
  }

  static func file(_ tensors: [(name: String, shape: [Int])]) -> [UInt8] {
    Safetensors(
      metadata: [("format", "pt")],
      tensors: tensors.map {
        Safetensors.Tensor(
          $0.name, shape: $0.shape,
          values: [Float](repeating: 0.5, count: $0.shape.reduce(1, *)))
      }
    ).encoded()
  }

  @Test(
    "ResNets of torchvision and timm are told apart by their layers",
    arguments: [("resnet18", [2, 2, 2, 2]), ("resnet34", [3, 4, 6, 3])])
  func resNets(name: String, blocks: [Int]) throws {
    let model = try ModelFile.decode(Self.file(Self.resNet(blocks, classes: 7)))
    #expect(model.facts["model"] == name)
    #expect(model.classNames.count == 7)
    #expect(model.network.output.count == 7)
    for wrapper in ["module.", "model.", "_orig_mod.module."] {
      let wrapped = Self.resNet(blocks, classes: 7).map {
        (name: wrapper + $0.name, shape: $0.shape)
      }
      #expect(try ModelFile.decode(Self.file(wrapped)).facts["model"] == name)
    }
  }

  private static func words(of golden: String) -> [[Substring]] {
    let text = readFile("\(TestData.package)/Tests/ConvNetTests/Goldens/\(golden)")
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: " ")
    }
  }

  private static var timmTensors: [(name: String, shape: [Int])] {
    words(of: "timm-lite0.txt").map { words in
      (name: String(words[0]), shape: words.dropFirst().map { Int($0)! })
    }
  }

  @Test("EfficientNet-Lite0 is known by timm's names, too, and is the same network")
  func timm() throws {
    let tensors = Self.timmTensors
    #expect(tensors.count == 247)
    let model = try ModelFile.decode(Self.file(tensors))
    #expect(model.facts["model"] == "efficientnet-lite0" && model.classNames[872] == "tripod")
    #expect(Set(PublishedNetwork.names).count == PublishedNetwork.names.count)
    // Where the names of its own package lead to another order of layers, values would be elsewhere.
    guard let data = TestData.folder else {
      print("skipped: no EfficientNet-Lite0 in the test data")
      return
    }
    let known = try Safetensors(readFile(data + "/models/efficientnet-lite0.safetensors"))
    let own = known.tensors.filter { !$0.name.hasSuffix("num_batches_tracked") }
    #expect(own.count == tensors.count)
    let expected = try ModelFile.decode(readFile(data + "/models/efficientnet-lite0.safetensors"))
    #expect(model.network.architecture.text == expected.network.architecture.text)
  }

  /// The numbers of `make_timm_outputs.py`.
  private static func numbers(_ places: Range<Int>) -> [Double] {
    places.map { place in
      let mixed = UInt32(truncatingIfNeeded: place * 2_654_435_761 + 12345)
      return Double((mixed ^ mixed >> 15) &* 2_246_822_519) / 0x1p32 - 0.5
    }
  }

  @Test("timm's two EfficientNet-Lite0 have the same tensors, and each yields timm's outputs")
  func padding() throws {
    var tensors: [Safetensors.Tensor] = []
    var place = 0
    for (name, shape) in Self.timmTensors {
      let shape = name.hasPrefix("classifier.") ? [10] + shape.dropFirst() : shape
      let count = shape.reduce(1, *)
      // value = base + scale · number
      let (base, scale): (Double, Double) =
        if name.hasSuffix("running_var") {
          (1, 0.5)
        } else if name.hasSuffix("running_mean") || name.hasSuffix("bias") {
          (0, 0.2)
        } else if shape.count == 1 {
          (1, 0.4)
        } else {
          (0, (24 / Double(shape.dropFirst().reduce(1, *))).squareRoot())
        }
      let values = Self.numbers(place..<place + count).map { Float(base + scale * $0) }
      tensors.append(Safetensors.Tensor(name, shape: shape, values: values))
      place += count
    }
    let picture = Self.numbers(place..<place + 224 * 224 * 3).map { Float($0) }
    func file(_ metadata: [(name: String, value: String)]) -> [UInt8] {
      Safetensors(metadata: [("format", "pt")] + metadata, tensors: tensors).encoded()
    }
    let bare = file([])
    for (index, expected) in Self.words(of: "timm-lite0-outputs.txt").enumerated() {
      let architecture = String(expected[0])
      let name = ["efficientnet-lite0", "efficientnet-lite0-timm"][index]
      var doubts: [String] = []
      let models = [
        try ModelFile.decode(bare, as: name, doubt: { doubts.append("\($0) \($1)") }),
        try ModelFile.decode(
          bare, architecture: "timm/\(architecture).in1k", doubt: { doubts.append("\($0) \($1)") }),
        try ModelFile.decode(
          file([("architecture", architecture)]), doubt: { doubts.append("\($0) \($1)") }),
      ]
      #expect(doubts.isEmpty && models.allSatisfy { $0.facts["model"] == name })
      let compiled = CompiledNetwork(
        models[0].network, models[0].weights, batch: 1, team: .forNetworks(threads: 2))
      let outputs = compiled.outputs(for: picture)
      let worst = zip(outputs, expected.dropFirst()).map { abs($0 - Float($1)!) }.max()
      #expect(outputs.count == 10 && worst! < 1e-4, "\(name): \(worst!)")
    }
    var doubts: [[String]] = []
    let taken = try ModelFile.decode(bare) { doubts.append([$0, $1].map(\.architectureName)) }
    #expect(taken.facts["model"] == "efficientnet-lite0")
    #expect(doubts == [["tf_efficientnet_lite0", "efficientnet_lite0"]])
    // A name that belongs to another network says nothing of these two.
    doubts = []
    _ = try ModelFile.decode(bare, architecture: "resnet18") {
      doubts.append([$0, $1].map(\.architectureName))
    }
    #expect(doubts.count == 1)
    #expect(throws: NetworkError.self) { try ModelFile.decode(bare, as: "resnet18") }
  }

  @Test("weights that don't fit are named with both shapes")
  func misfits() throws {
    var tensors = Self.resNet([2, 2, 2, 2], classes: 10)
    let index = try #require(tensors.firstIndex { $0.name == "layer2.0.conv1.weight" })
    tensors[index].shape = [128, 64, 1, 1]
    tensors.removeAll { $0.name == "bn1.bias" }
    #expect(
      throws: NetworkError.misfits(
        network: "resnet18",
        [
          TensorMisfit(name: "bn1.bias", expected: [64], found: nil),
          TensorMisfit(
            name: "layer2.0.conv1.weight", expected: [128, 64, 3, 3], found: [128, 64, 1, 1]),
        ])
    ) { try ModelFile.decode(Self.file(tensors)) }
  }

  @Test(
    "a network without its last layer, or with somebody's own, is enough where that is made anew")
  func headless() throws {
    let whole = Self.resNet([2, 2, 2, 2], classes: 10)
    let body = whole.filter { !$0.name.hasPrefix("fc.") }
    for tensors in [body, body + [("fc.1.weight", [7, 512]), ("fc.1.bias", [7])]] {
      let file = Self.file(tensors)
      #expect(throws: NetworkError.noHead(network: "resnet18", tensor: "fc.weight")) {
        try ModelFile.decode(file)
      }
      let model = try ModelFile.decode(file, replacesHead: true)
      let trained = try ModelFile.decode(Self.file(whole))
      let (ours, theirs) = (model.network.slots.dropLast(2), trained.network.slots.dropLast(2))
      #expect(ours.map(\.name) == theirs.map(\.name))
      for (slot, other) in zip(ours, theirs) {
        #expect(model.weights.values(of: slot) == trained.weights.values(of: other))
      }
      #expect(
        try model.adapted(to: ["a", "b", "c"], input: model.network.input, seed: 1)
          .network.output.count == 3)
    }
  }

  @Test("files of PyTorch, Keras and ONNX are recognised")
  func foreign() {
    let files: [(ForeignFile, [UInt8])] = [
      (.pickle, [0x50, 0x4b, 3, 4, 0, 0, 0, 0]), (.pickle, [0x80, 2, 0x8a, 0x0a, 0x2e]),
      (.hdf5, [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]),
      (.onnx, [8, 9, 0x12, 7] + Array("pytorch".utf8)),
    ]
    for (kind, bytes) in files {
      #expect(throws: NetworkError.foreignFile(kind)) { try ModelFile.decode(bytes) }
    }
  }
}
