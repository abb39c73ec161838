import ConvEngine
import Raster
import Testing

@Suite struct MatrixMultiplyTests {
  @Test("products agree with plain loops to 1e-5 on every instruction set", arguments: 0..<24)
  func reference(seed: Int) {
    var samples = TensorSamples(seed + 1)
    let rows = samples.integer(1...80)
    let columns = samples.integer(1...80)
    let depth = samples.integer(1...900)
    let (turnA, turnB) = (seed & 1 == 1, seed & 2 == 2)
    let alpha: Float = seed % 3 == 0 ? 1 : -0.5
    let beta: Float = [0, 1, 0.25][seed % 3]
    let (a, b) = (samples.memory(rows * depth), samples.memory(depth * columns))
    let start = samples.memory(rows * (columns + 3))
    let left = Matrix(a.pointer, stride: turnA ? rows : depth, transposed: turnA)
    let right = Matrix(b.pointer, stride: turnB ? depth : columns, transposed: turnB)
    let expected = TensorMemory<Float>(count: start.count)
    expected.pointer.update(from: start.pointer, count: start.count)
    Reference.multiply(
      rows: rows, columns: columns, depth: depth, alpha: alpha, a: left, b: right, beta: beta,
      c: expected.pointer, stride: columns + 3)
    for set in InstructionSet.available {
      var first: [UInt32]?
      for threads in [1, 3] {
        let c = TensorMemory<Float>(count: start.count)
        c.pointer.update(from: start.pointer, count: start.count)
        multiply(
          rows: rows, columns: columns, depth: depth, alpha: alpha, left, right, beta: beta,
          into: c.pointer, stride: columns + 3, team: ThreadTeam(threads: threads),
          instructionSet: set)
        #expect(difference(c, values(expected)) < 1e-5, "\(set)")
        if let first { #expect(first == bits(c), "\(set)") }
        first = bits(c)
      }
    }
  }
}
