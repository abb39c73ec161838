/// Names under which people look for filters that are no weighted sums, and what comes nearest.
enum NeighbouringFilters {
  /// What to say of a name, nil for one that no program gives to such a filter.
  static func advice(for name: String) -> String? {
    let plain = NamedKernel.plain(name)
    return advices.first { $0.names.contains { NamedKernel.plain($0) == plain } }?.advice
  }

  private static let advices: [(names: [String], advice: String)] = [
    (
      [
        "guidedfilter", "guided", "anisotropic", "anisodiff", "kuwahara", "mean-shift",
        "pyrmeanshiftfiltering", "stylization",
      ],
      "its weights depend on the picture, so no kernel holds them; nearest here: "
        + "bilateral, nlmeans or median"
    )
  ]
}
