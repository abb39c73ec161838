import Libc

extension Kernel {
  /// The kernel turned clockwise, as seen on the page.
  ///
  /// Quarter turns move the taps of any kernel. Other angles turn each square ring of taps by
  /// itself: ring k of side m has 4(m − 1) taps, and tap t moves by `degrees/360 · 4(m − 1)` places
  /// along it, shared between the two nearest places where that is no whole number. So a 3×3 kernel
  /// turns exactly in steps of 45°, the sum of the taps stays, and a half turn is two quarter turns.
  /// A kernel with unequal sides is first laid into the middle of a square. An anchor turns along;
  /// the default anchor stays the default.
  ///
  /// - Parameter degrees: any finite angle.
  /// - Throws: `KernelError.cannotTurn` for other than quarter turns where one side is even and the
  ///   other odd or the anchor is not in the middle.
  /// - SeeAlso: ImageMagick turns 3×3 kernels the same way, others by quarters only.
  public func turned(by degrees: Double) throws(KernelError) -> Kernel {
    var angle = fmod(degrees, 360)
    if angle < 0 { angle += 360 }
    let quarters = Int(angle / 90)
    let rest = angle - Double(quarters) * 90
    var kernel = self
    if rest != 0 {
      let middle = Anchor(x: width / 2, y: height / 2)
      guard (width - height) % 2 == 0, anchor == nil || (anchor == middle && width % 2 == 1) else {
        throw .cannotTurn(degrees: degrees, width: width, height: height)
      }
      kernel = try square().ringsTurned(by: rest)
    }
    for _ in 0..<quarters % 4 { kernel = kernel.quarterTurned() }
    return kernel
  }

  /// Turned by 90° clockwise: `out[y, x] = in[height − 1 − x, y]`.
  func quarterTurned() -> Kernel {
    if let factors {
      return Kernel(
        Factors(column: factors.row, row: factors.column.reversed()), scale: scale, offset: offset,
        anchor: anchor.map { Anchor(x: height - 1 - $0.y, y: $0.x) }, title: title)
    }
    return moved(width: height, height: width) { x, y in (y, height - 1 - x) }
      .anchored(anchor.map { Anchor(x: height - 1 - $0.y, y: $0.x) })
  }

  /// Turned by 180°: correlating with it is the mathematical convolution with the kernel.
  ///
  /// An even kernel's default anchor ⌊width/2⌋ becomes the explicit ⌊(width − 1)/2⌋, so that the
  /// result is the convolution aligned at the same tap.
  public func flipped() -> Kernel {
    let flipped = quarterTurned().quarterTurned()
    let origin = origin
    let turned = Anchor(x: width - 1 - origin.x, y: height - 1 - origin.y)
    let isDefault = turned == Anchor(x: width / 2, y: height / 2)
    return flipped.anchored(isDefault ? nil : turned)
  }

  /// Left and right exchanged.
  public func mirroredHorizontally() -> Kernel {
    moved(width: width, height: height) { x, y in (width - 1 - x, y) }
      .anchored(anchor.map { Anchor(x: width - 1 - $0.x, y: $0.y) })
  }

  /// Top and bottom exchanged.
  public func mirroredVertically() -> Kernel {
    moved(width: width, height: height) { x, y in (x, height - 1 - y) }
      .anchored(anchor.map { Anchor(x: $0.x, y: height - 1 - $0.y) })
  }

  /// Rows and columns exchanged.
  public func transposed() -> Kernel {
    if let factors {
      return Kernel(
        Factors(column: factors.row, row: factors.column), scale: scale, offset: offset,
        anchor: anchor.map { Anchor(x: $0.y, y: $0.x) }, title: title)
    }
    return moved(width: height, height: width) { x, y in (y, x) }
      .anchored(anchor.map { Anchor(x: $0.y, y: $0.x) })
  }

  /// Whether quarter turns and mirrors leave it as it is: then the picture's orientation is no
  /// matter.
  public var isUnchangedByTurns: Bool {
    guard width == height, origin == Anchor(x: (width - 1) / 2, y: (height - 1) / 2) else {
      return false
    }
    if let factors {
      return factors.column == factors.row && factors.row.reversed() == factors.row
    }
    let (taps, side, depth) = (taps, width, depth)
    for y in 0..<side {
      for x in 0..<side {
        for c in 0..<depth {
          let tap = taps[(y * side + x) * depth + c]
          if tap != taps[(y * side + side - 1 - x) * depth + c]
            || tap != taps[(x * side + y) * depth + c]
          {
            return false
          }
        }
      }
    }
    return true
  }

  private func anchored(_ anchor: Anchor?) -> Kernel {
    var kernel = self
    kernel.anchor = anchor
    return kernel
  }

  /// Tap (x, y) of the result is tap `source(x, y)` of this kernel.
  private func moved(width: Int, height: Int, _ source: (Int, Int) -> (Int, Int)) -> Kernel {
    let old = taps
    var taps: [Double] = []
    taps.reserveCapacity(old.count)
    for y in 0..<height {
      for x in 0..<width {
        let (column, row) = source(x, y)
        let first = (row * self.width + column) * depth
        for tap in first..<first + depth { taps.append(old[tap]) }
      }
    }
    return replacing(width: width, height: height, taps: taps, anchor: nil)
  }

  /// In the middle of a square of its longer side.
  private func square() throws(KernelError) -> Kernel {
    guard width != height else { return self }
    let side = max(width, height)
    try Kernel.checkSize(width: side, height: side, depth: depth)
    let (left, top) = ((side - width) / 2, (side - height) / 2)
    let old = taps
    var taps = [Double](repeating: 0, count: side * side * depth)
    for y in 0..<height {
      let to = ((y + top) * side + left) * depth
      taps.replaceSubrange(
        to..<to + width * depth, with: old[y * width * depth..<(y + 1) * width * depth])
    }
    return replacing(width: side, height: side, taps: taps, anchor: nil)
  }

  private func ringsTurned(by degrees: Double) -> Kernel {
    let side = width
    let old = taps
    var new = old
    for inset in 0..<side / 2 {
      let ring = Kernel.ring(side: side, inset: inset)
      let shift = degrees / 360 * Double(ring.count)
      let whole = Int(shift.rounded(.down))
      let part = shift - Double(whole)
      for place in ring.indices {
        let near = ring[(place - whole + ring.count) % ring.count] * depth
        let far = ring[(place - whole - 1 + ring.count) % ring.count] * depth
        for channel in 0..<depth {
          let (a, b) = (old[near + channel], old[far + channel])
          new[ring[place] * depth + channel] = part == 0 ? a : a * (1 - part) + b * part
        }
      }
    }
    return replacing(taps: new, anchor: nil)
  }

  /// Cells of a square ring, clockwise from its top left corner.
  private static func ring(side: Int, inset: Int) -> [Int] {
    let (low, high) = (inset, side - 1 - inset)
    var cells: [Int] = []
    for x in low..<high { cells.append(low * side + x) }
    for y in low..<high { cells.append(y * side + high) }
    for x in (low + 1...high).reversed() { cells.append(high * side + x) }
    for y in (low + 1...high).reversed() { cells.append(y * side + low) }
    return cells
  }
}

extension Kernel {
  /// The kernel as it meets the numbers: with the anchor in force, turned where it is asked for.
  package func oriented(_ options: FilterOptions) -> Kernel {
    var kernel = self
    kernel.anchor = anchor ?? options.anchor ?? origin
    return options.flip ? kernel.flipped() : kernel
  }
}
