import ConvEngine

extension Stage {
  /// The axes for windows of `width` by `height` taps.
  ///
  /// - Parameters:
  ///   - anchor: the tap that meets the output sample.
  ///   - columns, rows: size of what is filtered (≥ 1).
  ///   - padding: the one in force.
  /// - Throws: `FilterError` for an anchor outside the window, and what does not fit.
  package func axes(
    width: Int, height: Int, anchor: Kernel.Anchor, columns: Int, rows: Int, padding: Padding,
    options: FilterOptions
  ) throws(FilterError) -> (horizontal: WindowAxis, vertical: WindowAxis) {
    guard (0..<width).contains(anchor.x), (0..<height).contains(anchor.y) else {
      throw .anchorOutside(stage: name, x: anchor.x, y: anchor.y, width: width, height: height)
    }
    let isPooling = if case .pool = operation { true } else { false }
    let common = options.geometry
    // How much goes with what: a padding of the stage's own is not as long as that of the chain.
    let wanted = geometry.padding == nil ? geometry.extent ?? common.extent : geometry.extent
    let extent = padding.isPadded ? wanted : nil
    return (
      try axis("row") { () throws(GeometryError) in
        try WindowAxis(
          input: columns, taps: width, anchor: anchor.x,
          stride: geometry.strideX ?? common.strideX ?? (isPooling ? width : 1),
          dilation: geometry.dilationX ?? common.dilationX ?? 1, padded: padding.isPadded,
          extent: extent.map { $0.columns })
      },
      try axis("column") { () throws(GeometryError) in
        try WindowAxis(
          input: rows, taps: height, anchor: anchor.y,
          stride: geometry.strideY ?? common.strideY ?? (isPooling ? height : 1),
          dilation: geometry.dilationY ?? common.dilationY ?? 1, padded: padding.isPadded,
          extent: extent.map { $0.rows })
      }
    )
  }
}
