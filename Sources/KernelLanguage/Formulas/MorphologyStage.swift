/// Morphology of gray levels: extremes of windows, and what is made of them.
enum MorphologyStage {
  static func named(_ kind: Morphology) -> NamedKernel {
    let (name, aliases, title, rivals): (String, [String], String, String) =
      switch kind {
      case .erode:
        (
          "erode", ["erosion", "grey-erosion", "min-filter", "minimum-filter"],
          "Erosion: the smallest of the members of each window",
          "OpenCV erode, SciPy minimum_filter, skimage erosion"
        )
      case .dilate:
        (
          "dilate", ["dilation", "grey-dilation", "max-filter", "maximum-filter"],
          "Dilation: the largest of the members of each window",
          "OpenCV dilate, SciPy maximum_filter"
        )
      case .open:
        (
          "open", ["opening", "grey-opening"], "Opening: eroded, then dilated",
          "SciPy grey_opening, OpenCV MORPH_OPEN"
        )
      case .close:
        (
          "close", ["closing", "grey-closing"], "Closing: dilated, then eroded",
          "SciPy grey_closing, OpenCV MORPH_CLOSE"
        )
      case .gradient:
        (
          "gradient", ["morph-gradient", "morphological-gradient"],
          "Morphological gradient: dilated minus eroded",
          "OpenCV MORPH_GRADIENT, SciPy morphological_gradient"
        )
      case .topHat:
        (
          "tophat", ["white-tophat"], "Top hat: the picture minus its opening",
          "SciPy white_tophat, OpenCV MORPH_TOPHAT"
        )
      case .blackHat:
        (
          "blackhat", ["black-tophat", "bottomhat"], "Black hat: the closing minus the picture",
          "SciPy black_tophat, OpenCV MORPH_BLACKHAT"
        )
      }
    return NamedKernel(
      name, aliases: aliases, title: title, source: rivals,
      parameters: StructuringElement.parameters, positional: [["size"]]
    ) { arguments throws(KernelError) in
      .neighbourhood(.morphology(kind, try StructuringElement.read(arguments)))
    }
  }
}
