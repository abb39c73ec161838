import Reports
import Testing

@Suite("Symbols in few bits")
struct SymbolCodeTests {
  /// What a page's script does.
  private func read(_ code: SymbolCode, count: Int) -> [UInt8] {
    var owners: [(symbol: Int, start: Int)] = []
    for (symbol, frequency) in code.frequencies.enumerated() {
      owners += [(symbol: Int, start: Int)](repeating: (symbol, owners.count), count: frequency)
    }
    var bytes = code.bytes[...]
    var state = 0
    for _ in 0..<4 { state = state << 8 | Int(bytes.removeFirst()) }
    return (0..<count).map { _ in
      let slot = state & 4095
      let (symbol, start) = owners[slot]
      state = code.frequencies[symbol] * (state >> 12) + slot - start
      while state < 1 << 23, let byte = bytes.popFirst() { state = state << 8 | Int(byte) }
      return UInt8(symbol)
    }
  }

  @Test("come back in their order, whatever they are", arguments: [0, 1, 2, 3, 255, 4096, 20_000])
  func rounds(count: Int) {
    for width in [1, 2, 7, 100, 256] {
      var state: UInt32 = 7
      let symbols = (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(Int(state >> 16) % width * (width == 100 ? 2 : 1))
      }
      let code = SymbolCode(symbols)
      #expect(code.frequencies.reduce(0, +) == 4096)
      #expect(read(code, count: count) == symbols)
    }
  }

  @Test("take hardly more than their counts make them worth")
  func size() {
    // One in 64 is rare: 0.116 bits a symbol.
    let symbols = (0..<64_000).map { UInt8($0 % 64 == 5 ? 200 : 3) }
    #expect(SymbolCode(symbols).bytes.count < 64_000 * 12 / 100 / 8 + 8)
  }
}
