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
    case .combine(let kernels, _): return !kernels.isClosedUnderTurns
    case .pool(_, let width, let height): return width != height
    case .unsharp(let kernel, _, _): return !kernel.isUnchangedByTurns
    }
  }

  /// The kernels it applies; none for a pooling.
  public var kernels: [Kernel] {
    switch operation {
    case .correlate(let kernel), .unsharp(let kernel, _, _): [kernel]
    case .combine(let kernels, _): kernels
    case .pool: []
    }
  }
}

extension [Kernel] {
  /// Whether a turned picture meets the same set of kernels.
  fileprivate var isClosedUnderTurns: Bool {
    let grids = Set(map { Grid($0) })
    return allSatisfy { kernel in
      kernel.width % 2 == 1 && kernel.height % 2 == 1 && kernel.anchor == nil
        && grids.contains(Grid(kernel.quarterTurned()))
        && grids.contains(Grid(kernel.mirroredHorizontally()))
    }
  }
}

/// A kernel without its title.
private struct Grid: Hashable {
  var width: Int
  var taps: [Double]
  var scale: Double?
  var offset: Double

  init(_ kernel: Kernel) {
    width = kernel.width
    // Minus zero is zero.
    taps = kernel.taps.map { $0 + 0 }
    scale = kernel.scale
    offset = kernel.offset
  }
}
