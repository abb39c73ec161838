/// Single-precision numbers at a fixed place, aligned to 64 bytes, zero at first.
///
/// Allocated when a network is compiled and never in the training loop.
package final class FloatBuffer: @unchecked Sendable {
  // Safety: who writes through `base` sees to it that nobody else uses those elements meanwhile.
  package let base: UnsafeMutablePointer<Float>
  package let count: Int

  package init(count: Int) {
    precondition(count >= 0 && count <= Int.max / 8, "a size that was checked before")
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    base = raw.assumingMemoryBound(to: Float.self)
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  /// A copy of the numbers; setting copies as many in.
  package var values: [Float] {
    get { Array(UnsafeBufferPointer(start: base, count: count)) }
    set {
      precondition(newValue.count == count, "as many numbers as the buffer holds")
      newValue.withUnsafeBufferPointer { source in
        // Safety: both hold `count` numbers, and an array never overlaps the buffer.
        if let start = source.baseAddress { base.update(from: start, count: count) }
      }
    }
  }
}
