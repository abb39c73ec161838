/// All kernels that have a name: those of the folder `Kernels/`, the formulas, the sets, the poolings.
public enum KernelCatalog {
  /// In the order of the listing.
  public static let all: [NamedKernel] = formulas + sets + files + poolings

  static let formulas: [NamedKernel] = [
    IdentityKernel.named, GaussianKernel.named, BoxKernel.named, BinomialKernel.named,
    DiskKernel.named, DiamondKernel.named, SquareKernel.named, OctagonKernel.named,
    PlusKernel.named, CrossKernel.named, MotionKernel.named, CometKernel.named,
    UnsharpMask.named, LaplacianKernel.named, LaplacianOfGaussian.named,
    DifferenceOfGaussians.named, GaborKernel.named, FreiChenKernel.named,
  ]

  static let poolings: [NamedKernel] = PoolingKind.allCases.map(PoolingStage.named)

  /// The kernel of that name or alias. Capitals count where a name in capitals is an alias of its
  /// own (`SHARPEN` is Pillow's, not `sharpen`).
  public static func find(_ name: String) -> NamedKernel? {
    (capitals[name] ?? plainNames[NamedKernel.plain(name)]).map { all[$0] }
  }

  private static let capitals: [String: Int] = index { named in
    named.aliases.filter { $0 == $0.uppercased() }
  }

  /// Names win over aliases, earlier entries over later ones.
  private static let plainNames: [String: Int] = index { [NamedKernel.plain($0.name)] }
    .merging(index { $0.aliases.map(NamedKernel.plain) }) { name, _ in name }

  private static func index(_ names: (NamedKernel) -> [String]) -> [String: Int] {
    var index: [String: Int] = [:]
    for (position, named) in all.enumerated() {
      for name in names(named) where index[name] == nil { index[name] = position }
    }
    return index
  }

  static func isPooling(_ named: NamedKernel) -> Bool {
    poolings.contains { $0.name == named.name }
  }

  /// Every name and alias, for suggestions.
  static var everyName: [String] { all.map(\.name) + all.flatMap(\.aliases) }
}
