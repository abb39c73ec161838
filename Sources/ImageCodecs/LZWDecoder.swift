/// The variable-length codes of GIF (GIF89a, appendix F): places in a palette, a row at a time.
struct LZWDecoder {
  private let codeSize: Int
  private var width: Int
  private var next: Int
  private var previous: Int?
  private var bits: UInt32 = 0
  private var bitCount = 0
  private var hasEnded = false
  /// Pixels still to come.
  private var left: Int
  private let row: Int
  /// Of each code: the one before its last pixel, that pixel, and how many pixels it stands for.
  private var prefixes = [UInt16](repeating: 0, count: 4096)
  private var suffixes = [UInt8](repeating: 0, count: 4096)
  private var lengths = [UInt16](repeating: 1, count: 4096)
  private var output: [UInt8] = []
  private var taken = 0

  /// - Parameters:
  ///   - codeSize: bits of a pixel, 1…8.
  ///   - length: pixels (≥ 1), after which whatever comes is passed over.
  ///   - row: pixels in a row.
  init(codeSize: Int, length: Int, row: Int) {
    self.codeSize = codeSize
    width = codeSize + 1
    next = 1 << codeSize + 2
    left = length
    self.row = row
    for index in 0..<1 << codeSize { suffixes[index] = UInt8(index) }
  }

  private var clear: Int { 1 << codeSize }

  /// A row that is complete, each once.
  mutating func takeRow() -> ArraySlice<UInt8>? {
    guard output.count - taken >= row else {
      output.removeFirst(taken)
      taken = 0
      return nil
    }
    defer { taken += row }
    return output[taken..<taken + row]
  }

  /// Takes eight bits.
  ///
  /// - Returns: whether there is a row.
  mutating func take(_ byte: UInt8) throws(CodecError) -> Bool {
    if hasEnded || left == 0 { return false }
    bits |= UInt32(byte) << UInt32(bitCount)
    bitCount += 8
    while bitCount >= width, !hasEnded, left > 0 {
      let code = Int(bits & (1 << UInt32(width) - 1))
      bits >>= UInt32(width)
      bitCount -= width
      try take(code: code)
    }
    return output.count >= row
  }

  private mutating func take(code: Int) throws(CodecError) {
    if code == clear {
      width = codeSize + 1
      next = clear + 2
      previous = nil
      return
    }
    if code == clear + 1 {
      hasEnded = true
      return
    }
    guard let previous else {
      guard code < clear else { throw .damaged(.gif, "a code that stands for nothing") }
      emit(code)
      self.previous = code
      return
    }
    guard code <= next, code < 4096, code < next || next < 4096 else {
      throw .damaged(.gif, "a code that stands for nothing")
    }
    if next < 4096 {
      // A code that is only being defined begins and ends with the first pixel of the one before.
      prefixes[next] = UInt16(previous)
      suffixes[next] = first(code == next ? previous : code)
      lengths[next] = lengths[previous] + 1
      next += 1
    }
    emit(code)
    if next == 1 << width, width < 12 { width += 1 }
    self.previous = code
  }

  private func first(_ code: Int) -> UInt8 {
    var code = code
    while code >= clear { code = Int(prefixes[code]) }
    return suffixes[code]
  }

  private mutating func emit(_ code: Int) {
    let length = Int(lengths[code])
    let start = output.count
    output += repeatElement(0, count: length)
    var code = code
    var at = start + length - 1
    while code >= clear {
      output[at] = suffixes[code]
      code = Int(prefixes[code])
      at -= 1
    }
    output[at] = suffixes[code]
    if length > left { output.removeLast(length - left) }
    left -= min(length, left)
  }
}
