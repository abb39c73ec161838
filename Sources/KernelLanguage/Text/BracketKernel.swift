/// Reads kernels in brackets, as Python prints them.
///
///     [1, 2, 1]                          one row
///     [[0,-1,0], [-1,5,-1], [0,-1,0]]    rows
///     [[[…], …], [[…], …], [[…], …]]     one plane of rows a channel (PyTorch's C, H, W)
enum BracketKernel {
  static func read(_ scanner: inout KernelScanner) throws(KernelError) -> Kernel {
    var levels = 0
    var ahead = scanner
    while ahead.next == UInt8(ascii: "["), levels < 4 {
      levels += 1
      ahead.advance()
      ahead.skip(isBlank)
    }
    guard levels <= 3 else {
      throw scanner.error(.expected("at most three levels of brackets", found: "[[[["))
    }
    var planes: [[[Double]]] = []
    switch levels {
    case 1: planes = [[try row(&scanner, expected: nil)]]
    case 2: planes = [try plane(&scanner, like: nil)]
    default:
      try list(&scanner) { scanner throws(KernelError) in
        planes.append(try plane(&scanner, like: planes.first))
      }
    }
    let (width, height, depth) = (planes[0][0].count, planes[0].count, planes.count)
    try Kernel.checkSize(width: width, height: height, depth: depth)
    var taps: [Double] = []
    taps.reserveCapacity(width * height * depth)
    for y in 0..<height {
      for x in 0..<width {
        for plane in planes { taps.append(plane[y][x]) }
      }
    }
    return Kernel(width: width, height: height, depth: depth, taps: taps)
  }

  private static func plane(_ scanner: inout KernelScanner, like first: [[Double]]?)
    throws(KernelError) -> [[Double]]
  {
    var rows: [[Double]] = []
    let start = scanner.index
    try list(&scanner) { scanner throws(KernelError) in
      rows.append(try row(&scanner, expected: first?[0].count ?? rows.first?.count))
    }
    if let first, rows.count != first.count {
      throw scanner.error(.ragged(count: rows.count, expected: first.count), at: start)
    }
    return rows
  }

  private static func row(_ scanner: inout KernelScanner, expected: Int?)
    throws(KernelError) -> [Double]
  {
    var values: [Double] = []
    let start = scanner.index
    try list(&scanner) { scanner throws(KernelError) in
      let word = scanner.word { byte in
        isBlank(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]")
          || byte == UInt8(ascii: "[")
      }
      values.append(word.text.lowercased() == "nan" ? 0 : try scanner.number(word))
    }
    if let expected, values.count != expected {
      throw scanner.error(.ragged(count: values.count, expected: expected), at: start)
    }
    return values
  }

  /// `[item, item …]`; the commas may be blanks, as NumPy prints them.
  private static func list(
    _ scanner: inout KernelScanner,
    _ item: (inout KernelScanner) throws(KernelError) -> Void
  ) throws(KernelError) {
    guard scanner.next == UInt8(ascii: "[") else {
      throw scanner.error(.expected("'['", found: scanner.glimpse()))
    }
    scanner.advance()
    scanner.skip(isBlank)
    if scanner.next == UInt8(ascii: "]") { throw scanner.error(.noWeights) }
    while true {
      try item(&scanner)
      let blank = scanner.index
      scanner.skip(isBlank)
      switch scanner.next {
      case UInt8(ascii: "]"):
        scanner.advance()
        return
      case UInt8(ascii: ","):
        scanner.advance()
        scanner.skip(isBlank)
      case .some where scanner.index > blank: continue
      default: throw scanner.error(.expected("',' or ']'", found: scanner.glimpse()))
      }
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
