import Raster

/// Memory for the intermediate rows of one thread, taken in order and given back all at once.
final class Scratch: @unchecked Sendable {
  // Safety: one thread at a time works with a scratch.
  private var blocks: [UnsafeMutableRawPointer] = []
  private var capacity = 0
  private var used = 0
  /// What is taken now, and the most that was in this round: the next one finds it in one block.
  private var taken = 0
  private var wanted = 0

  init() {}
  deinit { for block in blocks { block.deallocate() } }

  /// Gives everything back; pointers handed out before are dead.
  func reset() {
    if blocks.count > 1 {
      for block in blocks { block.deallocate() }
      blocks = [.allocate(byteCount: wanted, alignment: 64)]
      capacity = wanted
    }
    used = 0
    taken = 0
    wanted = 0
  }

  /// Gives back at the end what is taken within.
  func scoped(_ body: () -> Void) {
    let (block, start, before) = (blocks.count, used, taken)
    body()
    taken = before
    if blocks.count == block { used = start }
  }

  /// Uninitialised bytes, aligned to 64.
  func bytes(_ count: Int) -> UnsafeMutableRawPointer {
    let rounded = max(64, (count + 63) / 64 * 64)
    taken += rounded
    wanted = max(wanted, taken)
    if blocks.isEmpty || used + rounded > capacity {
      capacity = max(rounded, 1 << 16)
      blocks.append(.allocate(byteCount: capacity, alignment: 64))
      used = 0
    }
    defer { used += rounded }
    return blocks[blocks.count - 1] + used
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
}
