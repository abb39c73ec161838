import Raster

/// Memory for the intermediate rows of one thread, taken in order and given back in turn.
///
/// Blocks stay until the round ends, so that what is taken again and again is allocated once.
final class Scratch: @unchecked Sendable {
  // Safety: one thread at a time works with a scratch.
  private var blocks: [(base: UnsafeMutableRawPointer, bytes: Int)] = []
  /// The block that memory is taken from, and how much of it is taken.
  private var block = 0
  private var used = 0
  /// What is taken now, and the most that was in this round: the next one finds it in one block.
  private var taken = 0
  private var wanted = 0

  init() {}
  deinit { for block in blocks { block.base.deallocate() } }

  /// Bytes that are held.
  var held: Int { blocks.reduce(0) { $0 + $1.bytes } }

  /// Gives everything back; pointers handed out before are dead.
  func reset() {
    if blocks.count > 1 {
      for block in blocks { block.base.deallocate() }
      blocks = []
      add(wanted)
    }
    block = 0
    used = 0
    taken = 0
    wanted = 0
  }

  /// Gives back at the end what is taken within.
  func scoped<Result>(_ body: () -> Result) -> Result {
    let before = (block, used, taken)
    defer { (block, used, taken) = before }
    return body()
  }

  /// Uninitialised bytes, aligned to 64.
  func bytes(_ count: Int) -> UnsafeMutableRawPointer {
    let rounded = max(64, (count + 63) / 64 * 64)
    taken += rounded
    wanted = max(wanted, taken)
    while block < blocks.count, used + rounded > blocks[block].bytes {
      block += 1
      used = 0
    }
    if block == blocks.count { add(max(rounded, min(held, 1 << 24), 1 << 16)) }
    defer { used += rounded }
    return blocks[block].base + used
  }

  private func add(_ bytes: Int) {
    blocks.append((.allocate(byteCount: bytes, alignment: 64), bytes))
  }

  /// Room for `count` pointers or numbers.
  func array<Value: BitwiseCopyable>(of type: Value.Type, _ count: Int) -> UnsafeMutablePointer<
    Value
  > {
    bytes(count * MemoryLayout<Value>.stride).bindMemory(to: type, capacity: max(count, 1))
  }

  /// `count` rows of `bytesPerRow` bytes, each aligned to 64.
  func rows(_ count: Int, bytesPerRow: Int) -> UnsafeMutablePointer<UnsafeMutableRawPointer> {
    let pitch = rowPitch(bytesPerRow)
    let base = bytes(count * pitch)
    let pointers = array(of: UnsafeMutableRawPointer.self, count)
    for index in 0..<count { pointers[index] = base + index * pitch }
    return pointers
  }
  /// Rows of a picture, each filled in turn.
  func window(
    _ rows: Range<Int>, bytesPerRow: Int, fill: (Int, UnsafeMutableRawPointer) -> Void
  ) -> RowWindow {
    let pointers = self.rows(rows.count, bytesPerRow: bytesPerRow)
    for (index, y) in rows.enumerated() { fill(y, pointers[index]) }
    return RowWindow(
      firstRow: rows.lowerBound, pointers: (0..<rows.count).map { UnsafeRawPointer(pointers[$0]) })
  }
}
