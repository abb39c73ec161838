extension Stage.Operation {
  /// Whether all kernels sum to nothing, so that results have either sign.
  package var sumsToNothing: Bool {
    switch self {
    case .correlate(let kernel): kernel.sumsToNothing
    case .combine(let kernels, _): kernels.allSatisfy(\.sumsToNothing)
    case .pool, .unsharp, .change, .neighbourhood: false
    }
  }

  package var hasKernel: Bool {
    switch self {
    case .correlate, .combine: true
    case .pool, .unsharp, .change, .neighbourhood: false
    }
  }

  /// Whether windows are laid on the picture, which strides, dilations and paddings place.
  package var hasWindows: Bool {
    switch self {
    case .correlate, .combine, .pool, .unsharp: true
    case .change, .neighbourhood(.canny), .neighbourhood(.clahe): false
    case .neighbourhood: true
    }
  }

  /// Whether it asks what lies beyond the border.
  package var takesPadding: Bool {
    switch self {
    case .change(.extend): true
    // The Gaussian before it does.
    case .neighbourhood(.canny(let kind)): kind.sigma > 0
    default: hasWindows
    }
  }

  /// Whether the kernel is a separable formula.
  package var isFormula: Bool {
    if case .correlate(let kernel) = self { kernel.isFormula } else { false }
  }

  /// Whether samples are widened before the stage rather than by it.
  package var wantsWideInput: Bool {
    if case .change(let change) = self { change.blends } else { isFormula }
  }

  /// Whether results lie between the levels, so that more bits show more.
  package var canWiden: Bool {
    switch self {
    case .pool(let kind, _, _): kind == .average
    case .correlate, .combine, .unsharp: true
    // What is done in 16 bits is widened before.
    case .change: false
    case .neighbourhood: false
    }
  }
}

extension [Stage] {
  /// The stages that scale, offset and range of the options act on: those whose kernels sum to
  /// nothing, else the last one that has a kernel.
  package var targets: Set<Int> {
    let signed = indices.filter { self[$0].operation.sumsToNothing }
    if !signed.isEmpty { return Set(signed) }
    return Set(indices.filter { self[$0].operation.hasKernel }.suffix(1))
  }
}
