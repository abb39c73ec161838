/// Filters that pick a sample by its rank.
enum RankStage {
  static let median = NamedKernel(
    "median", aliases: ["median-blur", "median-filter"],
    title: "Median: the middle one of the members of each window",
    source: "OpenCV medianBlur, SciPy median_filter", parameters: StructuringElement.parameters,
    positional: [["size"]]
  ) { arguments throws(KernelError) in
    .neighbourhood(.rank(.median, try StructuringElement.read(arguments)))
  }

  static let rank = NamedKernel(
    "rank", aliases: ["percentile", "percentile-filter", "rank-filter"],
    title: "Rank: the member of each window that so many per cent lie below",
    source: "SciPy percentile_filter",
    parameters: [
      KernelParameter("percent", "50", "0 the smallest, 100 the largest: number ⌊n·percent/100⌋")
    ] + StructuringElement.parameters,
    positional: [["percent"]]
  ) { arguments throws(KernelError) in
    let percent = try arguments.percent("percent") ?? 50
    return .neighbourhood(.rank(.percent(percent), try StructuringElement.read(arguments)))
  }
}
