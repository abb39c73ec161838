import ConvEngine
import Raster
import Testing

@Suite struct MatrixProductTests {
  @Test(
    "products are those of plain loops on every instruction set, for any number of threads",
    arguments: [(1, 1, 1), (5, 3, 2), (50, 7, 33), (64, 100, 17), (97, 16, 64)])
  func products(rows: Int, depth: Int, columns: Int) {
    for set in InstructionSet.available {
      var samples = TensorSamples(rows)
      let (a, b) = (samples.memory(rows * depth), samples.memory(depth * columns))
      var plain: [Double] = []
      let turned = (
        TensorMemory<Float>(count: rows * depth), TensorMemory<Float>(count: depth * columns)
      )
      for i in 0..<rows {
        for k in 0..<depth { turned.0[k * rows + i] = a[i * depth + k] }
        for j in 0..<columns {
          plain.append(
            (0..<depth).reduce(0) {
              $0 + Double(a[i * depth + $1]) * Double(b[$1 * columns + j])
            })
        }
      }
      for k in 0..<depth {
        for j in 0..<columns { turned.1[j * depth + k] = b[k * columns + j] }
      }
      var results: [[UInt32]] = []
      for threads in [1, 3] {
        let product = MatrixProduct(team: ThreadTeam(threads: threads), instructionSet: set)
        let c = (0..<3).map { _ in TensorMemory<Float>(count: rows * columns) }
        product.plain(
          rows: rows, depth: depth, columns: columns, a.pointer, b.pointer, c[0].pointer)
        product.transposedLeft(
          rows: rows, depth: depth, columns: columns, turned.0.pointer, b.pointer, c[1].pointer)
        product.transposedRight(
          rows: rows, depth: depth, columns: columns, a.pointer, turned.1.pointer, c[2].pointer)
        for result in c { #expect(difference(result, plain) < 1e-5, "\(set)") }
        results.append(c.flatMap { bits($0) })
      }
      #expect(results[0] == results[1])
    }
  }
}
