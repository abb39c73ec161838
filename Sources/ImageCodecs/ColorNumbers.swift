import Raster

/// Few colours that have numbers: those of a palette, or grays of 1, 2 or 4 bits.
struct ColorNumbers: Sendable {
  /// Bits of a number in the file.
  let depth: Int
  /// Red, green, blue and alpha of each colour; empty for grays.
  let palette: [UInt8]
  private let channels: Int
  /// Numbers of colours by a hash of them, -1 where there is none.
  private var slots: [Int16] = []
  /// A colour that is fully transparent.
  private var transparent: UInt8?

  private static let slotBits = 10

  /// Nil where the input did not have so few colours, or where the result cannot.
  init?(_ input: FewColors?, _ format: PictureFormat, _ options: WritingOptions) {
    guard let input, format.sample == .uint8, options.pngDepth == nil else { return nil }
    if input.palette.isEmpty {
      guard format.color == .gray, options.keepsLevels else { return nil }
    } else {
      guard format.color != .cmyk else { return nil }
    }
    palette = input.palette
    depth = input.depth
    channels = format.color.channels
    if palette.isEmpty { return }
    slots = [Int16](repeating: -1, count: 1 << Self.slotBits)
    for number in 0..<palette.count / 4 {
      if palette[4 * number + 3] == 0, transparent == nil { transparent = UInt8(number) }
      var slot = Self.slot(color(number))
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int16(number)
    }
  }

  private func color(_ number: Int) -> UInt32 {
    palette[4 * number..<4 * number + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func slot(_ color: UInt32) -> Int {
    Int((color &* 2_654_435_761) >> UInt32(32 - slotBits))
  }

  /// Appends the numbers of a row; false where a colour has none.
  func encode(
    _ row: UnsafePointer<UInt8>, _ width: Int, into numbers: inout [UInt8]
  ) -> Bool {
    if palette.isEmpty {
      let step = UInt8(255 / ((1 << depth) - 1))
      for x in 0..<width {
        let (number, rest) = row[x].quotientAndRemainder(dividingBy: step)
        if rest != 0 { return false }
        numbers.append(number)
      }
      return true
    }
    var (last, lastNumber): (UInt32?, UInt8) = (nil, 0)
    for x in 0..<width {
      let pixel = row + x * channels
      let alpha = channels % 2 == 0 ? pixel[channels - 1] : 255
      // Green and blue of gray are the same.
      let (green, blue) = (channels > 2 ? 1 : 0, channels > 2 ? 2 : 0)
      let color =
        UInt32(pixel[0]) << 24 | UInt32(pixel[green]) << 16 | UInt32(pixel[blue]) << 8
        | UInt32(alpha)
      if color != last {
        guard let number = number(of: color) else { return false }
        (last, lastNumber) = (color, number)
      }
      numbers.append(lastNumber)
    }
    return true
  }

  private func number(of color: UInt32) -> UInt8? {
    var slot = Self.slot(color)
    while slots[slot] >= 0 {
      if self.color(Int(slots[slot])) == color { return UInt8(slots[slot]) }
      slot = (slot + 1) & (slots.count - 1)
    }
    // What is not seen has no colour.
    return color & 255 == 0 ? transparent : nil
  }

  /// The pixels of numbers.
  func decode(_ numbers: ArraySlice<UInt8>, into row: UnsafeMutablePointer<UInt8>) {
    let step = palette.isEmpty ? UInt8(255 / ((1 << depth) - 1)) : 0
    for (x, number) in numbers.enumerated() {
      if palette.isEmpty {
        row[x] = number * step
      } else {
        for channel in 0..<channels {
          // Alpha is the last of four.
          let part = channels == 2 && channel == 1 ? 3 : channel
          row[x * channels + channel] = palette[4 * Int(number) + part]
        }
      }
    }
  }
}
