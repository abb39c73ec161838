/// What others call the layers of EfficientNet-Lite0 that have tensors, in their order.
enum EfficientNetNames {
  /// How often, side of the kernel, stride of the first, expansion, filters.
  static let stages = [
    (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192), (1, 3, 1, 6, 320),
  ]

  /// Those of the package efficientnet-lite-pytorch: blocks are numbered through.
  static let ofItsPackage: [String] = {
    var layers = ["_conv_stem", "_bn0"]
    var number = 0
    for (count, _, _, expansion, _) in stages {
      for _ in 0..<count {
        let expanded = expansion > 1 ? ["_expand_conv", "_bn0"] : []
        layers += (expanded + ["_depthwise_conv", "_bn1", "_project_conv", "_bn2"])
          .map { "_blocks.\(number)." + $0 }
        number += 1
      }
    }
    return layers + ["_conv_head", "_bn1", "_fc"]
  }()

  /// Those of timm's tf_efficientnet_lite0: blocks are numbered within their stages.
  static let ofTimm: [String] = {
    var layers = ["conv_stem", "bn1"]
    for (stage, (count, _, _, expansion, _)) in stages.enumerated() {
      for index in 0..<count {
        let names =
          expansion > 1
          ? ["conv_pw", "bn1", "conv_dw", "bn2", "conv_pwl", "bn3"]
          : ["conv_dw", "bn1", "conv_pw", "bn2"]
        layers += names.map { "blocks.\(stage).\(index)." + $0 }
      }
    }
    return layers + ["conv_head", "bn2", "classifier"]
  }()
}
