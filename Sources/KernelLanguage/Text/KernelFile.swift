import Text

/// Reads kernel files: the libvips matrix, with comments, or any inline form over several lines.
///
///     # title
///     width height [scale [offset]]
///     one line a row
///
/// A header `width×height×depth` (written `3x3x3`) has one block of rows a channel. The first
/// comment is the title; `# anchor: X Y`, `# aliases: …` and `# source: …` say more.
///
/// - SeeAlso: libvips, `vips_matrixload`.
struct KernelFile {
  var kernels: [Kernel]
  var aliases: [String] = []
  var source = ""

  /// - Parameter name: for messages; nil for an embedded file.
  init(_ bytes: [UInt8], name: String?) throws(KernelError) {
    var bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    var scanner = KernelScanner(bytes, file: name)
    scanner.skip(KernelFile.isBlank)
    guard let first = scanner.next else { throw scanner.error(.notASize("")) }
    if first == UInt8(ascii: "[") || InlineKernel.starts(scanner) {
      kernels = try KernelFile.inline(&scanner)
    } else {
      kernels = [try KernelFile.matrix(&scanner)]
    }
    try readComments(bytes, scanner)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    switch byte {
    // The separators of libvips.
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: ";"),
      UInt8(ascii: "\""):
      true
    default: false
    }
  }

  private static func inline(_ scanner: inout KernelScanner) throws(KernelError) -> [Kernel] {
    var kernels: [Kernel] = []
    while true {
      scanner.skip(isBlank)
      guard let byte = scanner.next else { return kernels }
      if byte == UInt8(ascii: "[") {
        kernels.append(try BracketKernel.read(&scanner))
      } else if InlineKernel.starts(scanner) {
        kernels += try InlineKernel.read(&scanner)
      } else {
        throw scanner.error(.expected("another kernel or the end", found: scanner.glimpse()))
      }
    }
  }

  // MARK: The libvips matrix

  private static func matrix(_ scanner: inout KernelScanner) throws(KernelError) -> Kernel {
    var header: [(text: String, start: Int)] = []
    let start = scanner.index
    while let word = wordOfLine(&scanner) { header.append(word) }
    let sides = header[0].text.contains("x") ? 1 : 2
    for word in header.dropFirst(2 - sides) { _ = try scanner.number(word) }
    guard (sides...sides + 2).contains(header.count) else {
      throw scanner.error(.header(count: header.count), at: start)
    }
    let (width, height, depth) = try size(header, sides, scanner)
    var scale: Double?
    if header.count > sides {
      let value = try scanner.number(header[sides])
      guard value != 0 else { throw scanner.error(.scaleIsZero, at: header[sides].start) }
      scale = value
    }
    let offset = header.count > sides + 1 ? try scanner.number(header[sides + 1]) : 0
    var taps = [Double](repeating: 0, count: width * height * depth)
    for plane in 0..<depth {
      for y in 0..<height {
        scanner.skip(isBlank)
        guard scanner.next != nil else {
          throw scanner.error(.missingRows(count: plane * height + y, height: height * depth))
        }
        for x in 0..<width {
          guard let word = wordOfLine(&scanner) else {
            throw scanner.error(.shortRow(row: plane * height + y + 1, count: x, width: width))
          }
          taps[(y * width + x) * depth + plane] = try scanner.number(word)
        }
        if let word = wordOfLine(&scanner) {
          _ = try scanner.number(word)
          throw scanner.error(.surplus(word.text, width: width, height: height), at: word.start)
        }
      }
    }
    scanner.skip(isBlank)
    if scanner.next != nil, let word = wordOfLine(&scanner) {
      _ = try scanner.number(word)
      throw scanner.error(.surplus(word.text, width: width, height: height), at: word.start)
    }
    return Kernel(
      width: width, height: height, depth: depth, taps: taps, scale: scale, offset: offset)
  }

  private static func wordOfLine(_ scanner: inout KernelScanner) -> (text: String, start: Int)? {
    scanner.skip(isBlank, lines: false)
    let word = scanner.word(until: isBlank)
    return word.text.isEmpty ? nil : word
  }

  private static func size(
    _ header: [(text: String, start: Int)], _ sides: Int, _ scanner: KernelScanner
  ) throws(KernelError) -> (width: Int, height: Int, depth: Int) {
    var values: [Int] = []
    for word in header.prefix(sides == 2 ? 2 : 1) {
      guard let lengths = axisLengths(word.text), lengths.allSatisfy({ $0 >= 1 }),
        sides == 2 ? lengths.count == 1 : (2...3).contains(lengths.count)
      else { throw scanner.error(.notASize(word.text), at: word.start) }
      values += lengths
    }
    let depth = values.count == 3 ? values[2] : 1
    try Kernel.checkSize(width: values[0], height: values[1], depth: depth)
    return (values[0], values[1], depth)
  }

  // MARK: Comments

  private mutating func readComments(_ bytes: [UInt8], _ scanner: KernelScanner)
    throws(KernelError)
  {
    var title: String?
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard let hash = line.firstIndex(of: UInt8(ascii: "#")) else { continue }
      let text = String(decoding: line[(hash + 1)...], as: UTF8.self).trimmed
      if text.isEmpty { continue }
      if let value = text.value(of: "aliases") {
        aliases = value.split(separator: " ").map(String.init)
      } else if let value = text.value(of: "source") {
        source = value
      } else if let value = text.value(of: "anchor") {
        try setAnchor(value, scanner, at: hash)
      } else if title == nil {
        title = text
      }
    }
    for index in kernels.indices { kernels[index].title = title ?? "" }
  }

  private mutating func setAnchor(_ text: String, _ scanner: KernelScanner, at index: Int)
    throws(KernelError)
  {
    let numbers = text.split(separator: " ").map { Int($0) }
    guard numbers.count == 2, let x = numbers[0], let y = numbers[1] else {
      throw scanner.error(.expected("'# anchor: X Y'", found: text), at: index)
    }
    for kernel in kernels.indices {
      let (width, height) = (kernels[kernel].width, kernels[kernel].height)
      guard (0..<width).contains(x), (0..<height).contains(y) else {
        throw scanner.error(.originOutside(x: x, y: y, width: width, height: height), at: index)
      }
      kernels[kernel].anchor = Kernel.Anchor(x: x, y: y)
    }
  }
}
