/// Poolings: a function of the window instead of a weighted sum, windows side by side.
enum PoolingStage {
  static func named(_ kind: PoolingKind) -> NamedKernel {
    let (name, aliases, title, source): (String, [String], String, String) =
      switch kind {
      case .maximum:
        (
          "maxpool", ["max-pool2d", "max-pooling", "max-pooling2d"], "Maximum of each window",
          "PyTorch MaxPool2d, Keras MaxPooling2D"
        )
      case .minimum:
        ("minpool", ["min-pool2d", "min-pooling"], "Minimum of each window", "as maxpool")
      case .average:
        (
          "avgpool", ["avg-pool2d", "average-pooling", "average-pooling2d", "meanpool"],
          "Mean of each window (of the samples inside)",
          "PyTorch AvgPool2d (count_include_pad=False), Keras AveragePooling2D"
        )
      }
    return NamedKernel(
      name, aliases: aliases, title: title, source: source,
      parameters: [
        KernelParameter("size", "2", "of the window, in samples, N or WxH"),
        KernelParameter("stride", "size", "distance between windows, in samples"),
      ],
      positional: [["size"]]
    ) { arguments throws(KernelError) in
      let size = try arguments.size("size") ?? (2, 2)
      return .pool(kind, width: size.width, height: size.height)
    }
  }
}
