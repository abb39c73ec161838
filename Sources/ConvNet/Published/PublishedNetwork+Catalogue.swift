import Raster

extension PublishedNetwork {
  /// All that are known.
  public static let all = [
    efficientNetLite0(layers: EfficientNetNames.ofItsPackage),
    efficientNetLite0(layers: EfficientNetNames.ofTimm),
    efficientNetLite0OfTimm,
    resNet("resnet18", blocks: [2, 2, 2, 2]),
    resNet("resnet34", blocks: [3, 4, 6, 3]),
  ]

  /// Their names, each once.
  public static var names: [String] {
    all.indices.filter { index in !all[..<index].contains { $0.name == all[index].name } }
      .map { all[$0].name }
  }

  /// EfficientNet-Lite0 with the weights of its authors, also under timm's names (`tf_efficientnet_lite0`).
  ///
  /// - SeeAlso: Tan, Le, EfficientNet, arXiv:1905.11946; github.com/tensorflow/tpu, efficientnet/lite.
  private static func efficientNetLite0(layers: [String]) -> PublishedNetwork {
    PublishedNetwork(
      name: "efficientnet-lite0",
      architectureNames: ["tf_efficientnet_lite0", "efficientnet-lite0"],
      title: "EfficientNet-Lite0, for ImageNet",
      description: efficientNetLite0(
        normalize: "batchnorm epsilon 0.001", padding: { _ in "same" }), layers: layers,
      normalization: Normalization(
        mean: [Float](repeating: 127.0 / 255, count: 3),
        deviation: [Float](repeating: 128.0 / 255, count: 3)), side: 224)
  }

  /// timm's `efficientnet_lite0`: trained in PyTorch, with as much padding before as behind where steps are
  /// of two. The file is as that of `tf_efficientnet_lite0`.
  private static let efficientNetLite0OfTimm = PublishedNetwork(
    name: "efficientnet-lite0-timm", architectureNames: ["efficientnet_lite0"],
    title: "EfficientNet-Lite0 as timm trained it, for ImageNet",
    description: efficientNetLite0(normalize: "batchnorm", padding: { "pad \($0 / 2)" }),
    layers: EfficientNetNames.ofTimm, normalization: ofImageNet, side: 256)

  /// Mean and deviation of ImageNet's pixels, as torchvision and timm have them.
  private static let ofImageNet = Normalization(
    mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])

  /// - Parameter padding: of a kernel of so many rows.
  private static func efficientNetLite0(
    normalize: String, padding: (Int) -> String
  ) -> @Sendable (Int) -> String {
    var lines = [
      "input 224x224x3", "conv 32 3x3 stride 2 \(padding(3)) nobias", normalize, "relu6",
    ]
    var channels = 32
    for (count, side, firstStride, expansion, filters) in EfficientNetNames.stages {
      for index in 0..<count {
        let stride = index == 0 ? firstStride : 1
        var block: [String] = []
        if expansion > 1 {
          block += ["conv \(channels * expansion) 1x1 nobias", normalize, "relu6"]
        }
        let step = stride == 1 ? "" : " stride \(stride)"
        block += [
          "depthwise \(side)x\(side)\(step) \(padding(side)) nobias", normalize, "relu6",
        ]
        block += ["conv \(filters) 1x1 nobias", normalize]
        let isResidual = stride == 1 && channels == filters
        lines += isResidual ? ["residual { \(block.joined(separator: "; ")) }"] : block
        channels = filters
      }
    }
    lines += ["conv 1280 1x1 nobias", normalize, "relu6", "globalavgpool", "dropout 0.2"]
    let body = lines
    return { (body + ["dense \($0)"]).joined(separator: "\n") }
  }

  /// ResNet of two convolutions a block under the names of torchvision and timm, whose pictures are
  /// brought to 256 pixels.
  ///
  /// - SeeAlso: He et al., Deep Residual Learning, arXiv:1512.03385.
  private static func resNet(_ name: String, blocks: [Int]) -> PublishedNetwork {
    var layers = ["conv1", "bn1"]
    var channels = 64
    for (stage, count) in blocks.enumerated() {
      let filters = 64 << stage
      for index in 0..<count {
        let prefix = "layer\(stage + 1).\(index)."
        layers += ["conv1", "bn1", "conv2", "bn2"].map { prefix + $0 }
        if channels != filters {
          layers += ["downsample.0", "downsample.1"].map { prefix + $0 }
        }
        channels = filters
      }
    }
    let (body, all) = (["input 224x224x3"] + resNetLayers(blocks), layers + ["fc"])
    return PublishedNetwork(
      name: name, architectureNames: [name], title: "ResNet-\(name.dropFirst(6)), for ImageNet",
      description: { (body + ["dense \($0)"]).joined(separator: "\n") }, layers: all,
      normalization: ofImageNet, side: 256)
  }

  /// The layers of a ResNet of two convolutions a block, before the last: a convolution of 7×7, a pooling,
  /// then four stages with so many blocks.
  static func resNetLayers(_ blocks: [Int]) -> [String] {
    ["conv 64 7x7 stride 2 pad 3 nobias", "batchnorm", "relu", "maxpool 3 stride 2 pad 1"]
      + resNetBlocks(blocks) + ["globalavgpool"]
  }

  /// Stages with so many blocks of two convolutions; each stage but the first halves the sides and doubles
  /// the filters.
  ///
  /// - Parameters:
  ///   - filters: of the first stage.
  ///   - padding: of the convolutions that keep the sides, which are written in more than one way.
  package static func resNetBlocks(
    _ blocks: [Int], filters: Int = 64, padding: String = "pad 1"
  ) -> [String] {
    blocks.enumerated().flatMap { stage, count in
      (0..<count).map { index in
        let filters = filters << stage
        let isFirst = index == 0 && stage > 0
        let stride = isFirst ? " stride 2" : ""
        return "residual { conv \(filters) 3x3\(stride) pad 1 nobias; batchnorm; relu; "
          + "conv \(filters) 3x3 \(padding) nobias; batchnorm }"
          + (isFirst ? " shortcut { conv \(filters) 1x1\(stride) nobias; batchnorm }" : "")
          + " relu"
      }
    }
  }
}
