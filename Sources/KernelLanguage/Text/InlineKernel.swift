/// Reads kernels as ImageMagick writes them.
///
///     WIDTHxHEIGHT[xDEPTH][+X+Y][@|>|<]: number, number …
///
/// Numbers go row by row (plane by plane where there is a depth) and are separated by commas,
/// blanks or both; `nan` and `-` are cells without weight. `+X+Y` is the anchor; `@` adds the
/// kernel turned in steps of 45°, `>` and `<` in steps of 90°.
///
/// - SeeAlso: ImageMagick, "Morphology of Shapes", user-defined kernels.
enum InlineKernel {
  /// Whether a size and a colon stand ahead.
  static func starts(_ scanner: KernelScanner) -> Bool {
    guard let digit = scanner.next, isDigit(digit) else { return false }
    var copy = scanner
    while let byte = copy.next, byte != UInt8(ascii: ":") {
      switch byte {
      case UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "@"), UInt8(ascii: ">"), UInt8(ascii: "<"):
        copy.advance()
      default:
        guard isDigit(byte) else { return false }
        copy.advance()
      }
    }
    return copy.next != nil
  }

  /// Reads one kernel, with those that its flag adds; stops before `;`, `:` or the end.
  static func read(_ scanner: inout KernelScanner) throws(KernelError) -> [Kernel] {
    let (kernel, expansion) = try header(&scanner)
    let start = scanner.index
    var taps = [Double](repeating: 0, count: kernel.width * kernel.height * kernel.depth)
    var masked = 0
    for index in taps.indices {
      scanner.skip(isBlank)
      if index > 0, scanner.next == UInt8(ascii: ",") {
        scanner.advance()
        scanner.skip(isBlank)
      }
      let word = scanner.word(until: isSeparator)
      if word.text.isEmpty {
        if scanner.next == nil || scanner.next == UInt8(ascii: ";") {
          throw scanner.error(.missingNumbers(count: index, expected: taps.count))
        }
        throw scanner.error(.expected("a number", found: scanner.glimpse()))
      }
      let plane = index / (kernel.width * kernel.height)
      let cell = index % (kernel.width * kernel.height)
      if isMasked(word.text) { masked += 1 }
      taps[cell * kernel.depth + plane] =
        isMasked(word.text) ? 0 : try scanner.number(word)
    }
    if masked == taps.count { throw scanner.error(.allMasked, at: start) }
    scanner.skip(isBlank)
    if scanner.next == UInt8(ascii: ",") {
      scanner.advance()
      scanner.skip(isBlank)
    }
    if let byte = scanner.next, !isEnd(byte) {
      let word = scanner.word(until: isSeparator)
      _ = try scanner.number(word)
      throw scanner.error(
        .surplus(word.text, width: kernel.width, height: kernel.height * kernel.depth),
        at: word.start)
    }
    let full = kernel.replacing(taps: taps, anchor: kernel.anchor)
    guard let expansion else { return [full] }
    return try expansion.turned(full)
  }

  /// A bare list, `0,-1,0, -1,5,-1, 0,-1,0`: a square with an odd side.
  static func readList(_ scanner: inout KernelScanner) throws(KernelError) -> Kernel {
    var taps: [Double] = []
    let start = scanner.index
    scanner.skip(isBlank)
    while let byte = scanner.next, !isEnd(byte) {
      let word = scanner.word(until: isSeparator)
      taps.append(isMasked(word.text) ? 0 : try scanner.number(word))
      scanner.skip(isBlank)
      if scanner.next == UInt8(ascii: ",") {
        scanner.advance()
        scanner.skip(isBlank)
      }
    }
    let side = Int(Double(taps.count).squareRoot().rounded())
    guard side % 2 == 1, side * side == taps.count else {
      if taps.count > 2, scanner.next == UInt8(ascii: ";") {
        throw scanner.error(.rowsAsList(count: taps.count), at: start)
      }
      throw scanner.error(.notASquare(count: taps.count), at: start)
    }
    return Kernel(width: side, height: side, taps: taps)
  }

  private static func header(_ scanner: inout KernelScanner) throws(KernelError) -> (
    Kernel, Expansion?
  ) {
    let start = scanner.index
    var sides: [Int] = []
    var origin: [Int] = []
    var expansion: Expansion?
    func isMark(_ byte: UInt8) -> Bool { !isDigit(byte) }
    repeat {
      if !sides.isEmpty { scanner.advance() }
      let word = scanner.word(until: isMark)
      guard let side = Int(word.text), side >= 1 else {
        throw scanner.error(.notASize(word.text), at: word.start)
      }
      sides.append(side)
    } while sides.count < 3
      && (scanner.next == UInt8(ascii: "x") || scanner.next == UInt8(ascii: "X"))
    while scanner.next == UInt8(ascii: "+"), origin.count < 2 {
      scanner.advance()
      let word = scanner.word(until: isMark)
      guard let value = Int(word.text) else {
        throw scanner.error(.expected("an origin, as in +1+1", found: word.text), at: word.start)
      }
      origin.append(value)
    }
    if let byte = scanner.next, let flag = Expansion(byte) {
      expansion = flag
      scanner.advance()
    }
    guard scanner.next == UInt8(ascii: ":"), origin.count != 1 else {
      throw scanner.error(.expected("':' after the size", found: scanner.glimpse()))
    }
    scanner.advance()
    // A lone side is that of a square, as in ImageMagick.
    let (width, height) = (sides[0], sides.count > 1 ? sides[1] : sides[0])
    let depth = sides.count > 2 ? sides[2] : 1
    try Kernel.checkSize(width: width, height: height, depth: depth)
    if origin.count == 2, origin[0] >= width || origin[1] >= height {
      throw scanner.error(
        .originOutside(x: origin[0], y: origin[1], width: width, height: height), at: start)
    }
    let kernel = Kernel(
      width: width, height: height, depth: depth,
      taps: [Double](repeating: 0, count: width * height * depth),
      anchor: origin.isEmpty ? nil : Kernel.Anchor(x: origin[0], y: origin[1]))
    return (kernel, expansion)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  private static func isEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ";") || byte == UInt8(ascii: ":")
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    isBlank(byte) || isEnd(byte) || byte == UInt8(ascii: ",")
  }

  private static func isMasked(_ word: String) -> Bool {
    word == "-" || word.lowercased() == "nan"
  }
}
