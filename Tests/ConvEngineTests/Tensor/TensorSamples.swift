import ConvEngine
import Testing

/// Reproducible numbers, and tolerances for sums in single precision.
struct TensorSamples {
  var state: UInt64

  init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  /// A whole number.
  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() >> 8) % range.count
  }

  /// Numbers in −1…1.
  mutating func memory(_ count: Int) -> TensorMemory<Float> {
    let memory = TensorMemory<Float>(count: count)
    for index in 0..<count { memory[index] = Float(Int(next() >> 40)) / 8_388_608 - 1 }
    return memory
  }
}

extension TensorMemory<Float> {
  /// Rounds all values to sixteenths.
  func makeCoarse() {
    for index in 0..<count { self[index] = (self[index] * 16).rounded() / 16 }
  }
}

/// The largest difference, relative to the largest value (at least 1).
func difference(_ a: TensorMemory<Float>, _ b: [Double]) -> Double {
  var (worst, top) = (0.0, 1.0)
  for index in 0..<b.count {
    let gap = abs(Double(a[index]) - b[index])
    if !(gap <= worst) { worst = gap }
    top = max(top, abs(b[index]))
  }
  return worst / top
}

func values(_ memory: TensorMemory<Float>) -> [Double] { memory.buffer.map { Double($0) } }

/// All elements; the memory lives as long as they are read.
func elements(_ memory: TensorMemory<Float>) -> [Float] { Array(memory.buffer) }

/// Bits, so that equality means the same bytes.
func bits(_ memory: TensorMemory<Float>) -> [UInt32] { memory.buffer.map(\.bitPattern) }
