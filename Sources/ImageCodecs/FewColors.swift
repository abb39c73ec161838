/// What a file needs for its samples: a palette, or few bits of gray.
struct FewColors {
  /// Bits of a number in the file: 1, 2, 4 or 8.
  let depth: Int
  /// Red, green, blue and alpha of each colour; empty for grays.
  let palette: [UInt8]

  /// The fewest bits of which whole numbers fill a byte, for numbers of up to 8.
  static func packed(_ bits: Int) -> Int { bits <= 2 ? bits : bits <= 4 ? 4 : 8 }
}

extension FewColors {
  /// Of formats whose pictures are gray where all their colours are: few bits where the grays are those of few bits,
  /// nothing where there are too many colours, or grays of 8 bits.
  ///
  /// - Parameter palette: red, green, blue and alpha of each colour.
  init?(palette: [UInt8]) {
    let count = palette.count / 4
    guard (1...256).contains(count) else { return nil }
    let colors = (0..<count).map { palette[4 * $0..<4 * $0 + 4] }
    let bits = count <= 2 ? 1 : count <= 4 ? 2 : count <= 16 ? 4 : 8
    let isGray = colors.allSatisfy { color in
      let first = color.startIndex
      return color[first] == color[first + 1] && color[first] == color[first + 2]
        && color[first + 3] == 255
    }
    guard isGray else {
      self.init(depth: bits, palette: palette)
      return
    }
    if let few = [1, 2, 4].first(where: { few in
      few >= bits && colors.allSatisfy { Int($0[$0.startIndex]) % (255 / (1 << few - 1)) == 0 }
    }) {
      self.init(depth: few, palette: [])
    } else if bits < 8 {
      self.init(depth: bits, palette: palette)
    } else {
      return nil
    }
  }

  /// With a colour that is transparent, where there is room for one; grays have none.
  var withTransparent: FewColors {
    let colors = palette.count / 4
    if palette.isEmpty || colors == 256 { return self }
    if (0..<colors).contains(where: { palette[4 * $0 + 3] == 0 }) { return self }
    let room = colors < 1 << depth
    return FewColors(
      depth: room ? depth : Self.packed(depth + 1), palette: palette + [0, 0, 0, 0])
  }
}
