/// Names under which people look for filters that are no weighted sums, and what comes nearest.
enum NeighbouringFilters {
  /// What to say of a name, nil for one that no program gives to such a filter.
  static func advice(for name: String) -> String? {
    let plain = NamedKernel.plain(name)
    return advices.first { $0.names.contains { NamedKernel.plain($0) == plain } }?.advice
  }

  private static let advices: [(names: [String], advice: String)] = [
    (
      ["median", "medianblur", "medianfilter", "rank", "percentile", "mode", "despeckle"],
      "it picks one of the samples and is no weighted sum; nearest here: gaussian, minpool, maxpool"
    ),
    (
      ["erode", "erosion", "minfilter", "minimum", "min"],
      "say minpool:size=3,stride=1,padding=replicate"
    ),
    (
      ["dilate", "dilation", "maxfilter", "maximum", "max"],
      "say maxpool:size=3,stride=1,padding=replicate"
    ),
    (
      ["open", "opening"],
      "say minpool:size=3,stride=1,padding=replicate, then maxpool with the same settings"
    ),
    (
      ["close", "closing"],
      "say maxpool:size=3,stride=1,padding=replicate, then minpool with the same settings"
    ),
    (
      ["bilateral", "bilateralfilter", "canny", "nlmeans", "fastnlmeansdenoising"],
      "its weights depend on the picture, so no kernel holds them; nearest here: "
        + "gaussian for smoothing, sobel for edges"
    ),
  ]
}
