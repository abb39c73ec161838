extension Stage {
  /// Whether the picture's orientation matters to it: its kernels change when turned or mirrored,
  /// or its geometry differs between x and y.
  public var isDirectional: Bool {
    if (geometry.strideX ?? 1, geometry.dilationX ?? 1) != (
      geometry.strideY ?? 1, geometry.dilationY ?? 1
    ) {
      return true
    }
    switch operation {
    case .correlate(let kernel): return !kernel.isUnchangedByTurns
    case .combine(let kernels, let combination):
      return !kernels.isClosedUnderTurns(signed: combination != .magnitude)
    case .pool(_, let width, let height): return width != height
    case .unsharp(let kernel, _, _): return !kernel.isUnchangedByTurns
    case .change(let change): return change.isDirectional
    case .neighbourhood(let kind): return kind.isDirectional
    }
  }

  /// The kernels it applies; none for a pooling and what is no weighted sum.
  public var kernels: [Kernel] {
    switch operation {
    case .correlate(let kernel), .unsharp(let kernel, _, _): [kernel]
    case .combine(let kernels, _): kernels
    case .pool, .change: []
    case .neighbourhood(let kind): kind.kernels
    }
  }
}

extension [Kernel] {
  /// Whether a turned picture meets the same set of kernels.
  ///
  /// - Parameter signed: whether the sign of a result matters.
  fileprivate func isClosedUnderTurns(signed: Bool) -> Bool {
    let grids = Set(map { Grid($0, signed: signed) })
    return allSatisfy { kernel in
      kernel.width % 2 == 1 && kernel.height % 2 == 1 && kernel.anchor == nil
        && grids.contains(Grid(kernel.quarterTurned(), signed: signed))
        && grids.contains(Grid(kernel.mirroredHorizontally(), signed: signed))
    }
  }
}

/// A kernel without its title.
private struct Grid: Hashable {
  var width: Int
  var taps: [Double]
  var scale: Double?
  var offset: Double

  init(_ kernel: Kernel, signed: Bool) {
    width = kernel.width
    let taps = kernel.taps
    let sign = !signed && kernel.offset == 0 && (taps.first { $0 != 0 } ?? 0) < 0 ? -1.0 : 1
    // Minus zero is zero.
    self.taps = taps.map { $0 * sign + 0 }
    scale = kernel.scale
    offset = kernel.offset
  }
}
