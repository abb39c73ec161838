import ConvEngine
import Raster

/// Single-precision numbers at a fixed place, aligned to 64 bytes, zero at first.
///
/// Allocated when a network is compiled and never in the training loop.
package final class FloatBuffer: @unchecked Sendable {
  // Safety: who writes through `base` sees to it that nobody else uses those elements meanwhile.
  package let base: UnsafeMutablePointer<Float>
  package let count: Int
  /// What keeps them.
  private let memory: AnyObject

  package init(count: Int) {
    self.count = count
    let memory = TensorMemory<Float>(count: count)
    self.memory = memory
    base = memory.pointer
  }

  /// This rank's part of a window.
  init(_ window: RankWindow, count: Int) {
    self.count = count
    memory = window
    // Safety: the window holds as many, and is aligned as any buffer.
    base = window.own.assumingMemoryBound(to: Float.self)
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
