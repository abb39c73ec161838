import Raster

/// What a file needs for its samples: a palette, or few bits of gray.
struct FewColors {
  /// Bits of a number in the file: 1, 2, 4 or 8.
  let depth: Int
  /// Red, green, blue and alpha of each colour; empty for grays.
  let palette: [UInt8]

  /// The fewest bits of which whole numbers fill a byte, for numbers of up to 8.
  static func packed(_ bits: Int) -> Int { bits <= 2 ? bits : bits <= 4 ? 4 : 8 }
}

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
      guard format.color == .rgb || format.color == .rgba else { return nil }
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
      let alpha = channels == 4 ? pixel[3] : 255
      let color =
        UInt32(pixel[0]) << 24 | UInt32(pixel[1]) << 16 | UInt32(pixel[2]) << 8 | UInt32(alpha)
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
          row[x * channels + channel] = palette[4 * Int(number) + channel]
        }
      }
    }
  }
}

/// Rows as numbers of the few colours that the input had.
struct NumberedRows: NarrowRows {
  private let code: ColorNumbers
  private let format: PictureFormat
  /// Bits of a number in the file.
  private let depth: Int
  /// A number a pixel.
  private var numbers: [UInt8] = []
  private(set) var count = 0

  /// - Parameter depth: bits of a number in the file (1…8, enough for all); nil for those of PNG.
  init(_ format: PictureFormat, _ code: ColorNumbers, depth: Int? = nil) {
    self.format = format
    self.code = code
    self.depth = depth ?? code.depth
  }

  /// Bytes that are held.
  static func memory(_ format: PictureFormat) -> Int {
    format.width.saturatingProduct(format.height)
  }

  mutating func take(_ row: UnsafePointer<UInt8>) -> Bool {
    guard code.encode(row, format.width, into: &numbers) else { return false }
    count += 1
    return true
  }

  private func numbers(_ y: Int) -> ArraySlice<UInt8> {
    numbers[y * format.width..<(y + 1) * format.width]
  }

  func restore(_ y: Int, to row: UnsafeMutablePointer<UInt8>) {
    code.decode(numbers(y), into: row)
  }

  func narrow() -> [NarrowPicture] {
    var narrow = format
    narrow.color = .gray
    let shift = UInt8(8 - depth)
    return [
      NarrowPicture(format: narrow, depth: depth, palette: code.palette) { y, row in
        for (x, number) in numbers(y).enumerated() { row[x] = number << shift }
      }
    ]
  }
}
