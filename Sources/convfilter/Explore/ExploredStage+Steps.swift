import KernelLanguage
import PictureFilters

extension ExploredStage {
  /// One of the steps by which a page shows how a stage works.
  struct Step {
    let stage: Stage
    var name: String
    /// nil for what is a weighted sum, a pooling, an extreme or a rank.
    var work: Work?
    /// nil for a stage that is a step of its own.
    var link: Link?

    init(_ stage: Stage, _ work: Work? = nil) {
      (self.stage, self.work) = (stage, work)
      name = stage.name
    }
  }

  /// What a step does that no kernel and no order of samples says; scripts of these names show it.
  enum Work: String {
    case localnorm, bilateral, canny, clahe, difference

    /// Whether windows can lie apart, and beyond the border.
    var isPlaced: Bool { self == .localnorm || self == .bilateral }
  }

  /// Which part a step is of a filter that is said in one word.
  struct Link {
    var name: String
    /// From 0.
    var part: Int
  }

  /// The steps of a stage; nil where a page cannot show them.
  static func steps(_ stage: Stage, _ options: FilterOptions) -> [Step]? {
    switch stage.operation {
    case .correlate, .combine, .pool: [Step(stage)]
    // The blurred copy keeps its fractions.
    case .unsharp(_, let amount, let number),
      .neighbourhood(.unsharp(_, let amount, .fraction(let number))):
      amount.isFinite && number.isFinite ? [Step(stage)] : nil
    case .neighbourhood(.morphology(let kind, let element)):
      switch kind {
      case .erode, .dilate, .gradient: [Step(stage)]
      case .open, .close: linked(smoothing(stage, options), "\(kind)")
      case .topHat: difference(stage, .open, element, options, "tophat: in − opened")
      case .blackHat: difference(stage, .close, element, options, "blackhat: closed − in")
      }
    case .neighbourhood(.unsharp(_, _, .soft)): nil
    case .neighbourhood(.rank): [Step(stage)]
    case .neighbourhood(.localNormalization): [Step(stage, .localnorm)]
    case .neighbourhood(.bilateral): [Step(stage, .bilateral)]
    case .neighbourhood(.clahe): [Step(stage, .clahe)]
    case .neighbourhood(.canny):
      linked(
        stage.steps(options).map { step in
          if case .neighbourhood = step.operation { return Step(step, .canny) }
          var soft = Step(step)
          soft.name += ": Gaussian"
          return soft
        }, "canny")
    case .change, .neighbourhood(.nonLocalMeans): nil
    }
  }

  /// An opening or a closing, whose parts have the names of what they do.
  private static func smoothing(_ stage: Stage, _ options: FilterOptions) -> [Step] {
    stage.steps(options).map { part in
      var step = Step(part)
      if case .neighbourhood(.morphology(let kind, _)) = part.operation { step.name += ": \(kind)" }
      return step
    }
  }

  /// What an opening or a closing takes away.
  private static func difference(
    _ stage: Stage, _ kind: Morphology, _ element: StructuringElement, _ options: FilterOptions,
    _ name: String
  ) -> [Step] {
    var smooth = stage
    smooth.operation = .neighbourhood(.morphology(kind, element))
    var last = Step(stage, .difference)
    last.name = name
    return linked(smoothing(smooth, options) + [last], kind == .open ? "tophat" : "blackhat")
  }

  private static func linked(_ steps: [Step], _ name: String) -> [Step] {
    steps.enumerated().map { part, step in
      var step = step
      step.link = Link(name: name, part: part)
      return step
    }
  }
}
