import Text

/// All kernels that have a name: those of the folder `Kernels/`, the formulas, the sets, the
/// poolings, the filters that are no weighted sums, and the stages that move pixels or levels.
public enum KernelCatalog {
  /// In the order in which a name is looked for.
  public static let all: [NamedKernel] =
    formulas + sets + files + poolings + neighbourhoods + changes

  /// In alphabetical order, as listings want them.
  public static var sorted: [NamedKernel] { all.sorted { $0.name < $1.name } }

  static let formulas: [NamedKernel] = [
    IdentityKernel.named, GaussianKernel.named, BoxKernel.named, BinomialKernel.named,
    DiskKernel.named, DiamondKernel.named, SquareKernel.named, OctagonKernel.named,
    PlusKernel.named, CrossKernel.named, MotionKernel.named, CometKernel.named,
    UnsharpMask.named, LaplacianKernel.named, LaplacianOfGaussian.named,
    DifferenceOfGaussians.named, GaborKernel.named, FreiChenKernel.named,
  ]

  static let poolings: [NamedKernel] = PoolingKind.allCases.map(PoolingStage.named)

  /// What rearranges a picture or moves its levels.
  static let changes: [NamedKernel] =
    [ResizingStage.resize, ResizingStage.thumbnail] + ArrangingStages.all + LevelStages.all

  static let neighbourhoods: [NamedKernel] =
    Morphology.allCases.map(MorphologyStage.named) + [
      RankStage.median, RankStage.rank, LocalStages.normalization, LocalStages.bilateral,
      LocalStages.nonLocalMeans, LocalStages.canny, LocalStages.clahe,
    ]

  /// The kernel of that name or alias. Capitals count where a name in capitals is an alias of its
  /// own (`SHARPEN` is Pillow's, not `sharpen`).
  ///
  /// Files are parsed only as far as needed: the one of that name, or all where no name is meant.
  public static func find(_ name: String) -> NamedKernel? {
    // Words with these are file names; no kernel has them.
    if name.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }) {
      return nil
    }
    if isCapital(name), let named = files.first(where: { $0.aliases.contains(name) }) {
      return named
    }
    let plain = NamedKernel.plain(name)
    return formulas.first { NamedKernel.isPlainly($0.name, plain) }
      ?? sets.first { NamedKernel.isPlainly($0.name, plain) }
      ?? poolings.first { NamedKernel.isPlainly($0.name, plain) }
      ?? changes.first { NamedKernel.isPlainly($0.name, plain) }
      ?? neighbourhoods.first { NamedKernel.isPlainly($0.name, plain) }
      ?? fileNames.firstIndex { NamedKernel.isPlainly($0, plain) }.map(named(file:))
      ?? all.first { $0.aliases.contains { NamedKernel.isPlainly($0, plain) } }
  }

  private static func isCapital(_ name: String) -> Bool {
    name.utf8.allSatisfy { !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
  }

  /// Whether it has weights that can be turned, scaled and so on.
  static func hasWeights(_ named: NamedKernel) -> Bool {
    !(poolings + neighbourhoods).contains { $0.name == named.name } && named.name != "unsharp"
  }

  static func isChange(_ named: NamedKernel) -> Bool {
    changes.contains { $0.name == named.name }
  }

  /// Every name and alias, for suggestions.
  static var everyName: [String] { all.map(\.name) + all.flatMap(\.aliases) }
}

// MARK: - Files

extension KernelCatalog {
  /// The kernels of the folder `Kernels/`.
  static let files: [NamedKernel] = fileNames.indices.map(named(file:))

  /// A file's name without `.txt` is the kernel's name.
  static let fileNames: [String] = EmbeddedFiles.base64.map { entry in
    entry.name.hasSuffix(".txt") ? String(entry.name.dropLast(4)) : entry.name
  }

  static func named(file index: Int) -> NamedKernel {
    let file = parsed(index)
    return NamedKernel(
      fileNames[index], aliases: file.aliases, title: file.kernels[0].title, source: file.source,
      positional: [["angle"]]
    ) { _ throws(KernelError) in
      file.kernels.count == 1 ? .correlate(file.kernels[0]) : .combine(file.kernels, .maximum)
    }
  }

  /// The one kernel of a file in `Kernels/`.
  static func file(_ name: String) -> Kernel {
    guard let index = fileNames.firstIndex(of: name) else {
      preconditionFailure("no kernel \(name) in Kernels/")
    }
    return parsed(index).kernels[0]
  }

  private static func parsed(_ index: Int) -> KernelFile {
    do {
      return try KernelFile(Base64.decode(EmbeddedFiles.base64[index].text), name: nil)
    } catch {
      preconditionFailure("Kernels/\(EmbeddedFiles.base64[index].name): \(error)")
    }
  }
}
