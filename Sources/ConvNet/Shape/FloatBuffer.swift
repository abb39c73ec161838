import ConvEngine

/// Single-precision numbers at a fixed place, aligned to 64 bytes, zero at first.
///
/// Allocated when a network is compiled and never in the training loop.
package final class FloatBuffer: @unchecked Sendable {
  // Safety: who writes through `base` sees to it that nobody else uses those elements meanwhile.
  package let base: UnsafeMutablePointer<Float>
  package let count: Int
  private let memory: TensorMemory<Float>

  package init(count: Int) {
    self.count = count
    memory = TensorMemory(count: count)
    base = memory.pointer
  }

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
