import CConvKernels
import ConvEngine
import Testing

/// The sums of tdpbf16ps as Intel's manual gives them: of the lower halves and of the upper ones, step by step.
private func plain(
  rows: Int, columns: Int, steps: Int, _ a: [UInt16], _ b: [UInt16], from c: [Float]
) -> [UInt32] {
  func value(_ half: UInt16) -> Float { Float(bitPattern: UInt32(half) << 16) }
  var result: [UInt32] = []
  for i in 0..<rows {
    for j in 0..<columns {
      var sum = c[i * columns + j]
      for step in 0..<steps {
        var (lower, upper): (Float, Float) = (0, 0)
        for pair in step * 16..<step * 16 + 16 {
          let (left, right) = ((i * steps * 16 + pair) * 2, (pair * columns + j) * 2)
          lower.addProduct(value(a[left]), value(b[right]))
          upper.addProduct(value(a[left + 1]), value(b[right + 1]))
        }
        sum += lower + upper
      }
      result.append(sum.bitPattern)
    }
  }
  return result
}

@Suite("Products of blocks of bfloat16")
struct BlockProductTests {
  @Test(
    "every instruction set has the sums of AMX, which has them",
    arguments: [(1, 1, 1), (2, 1, 3), (1, 2, 2), (2, 2, 5), (3, 3, 2), (5, 4, 1)])
  func order(downBlocks: Int, acrossBlocks: Int, steps: Int) {
    let (rows, columns) = (16 * downBlocks, 16 * acrossBlocks)
    var samples = TensorSamples(rows + columns + steps)
    func halves(_ count: Int) -> [UInt16] {
      elements(samples.memory(count)).map { UInt16(truncatingIfNeeded: $0.bitPattern >> 16) }
    }
    let (a, b) = (halves(rows * steps * 32), halves(columns * steps * 32))
    let start = elements(samples.memory(rows * columns))
    let leftSteps = (0..<steps).map { $0 * 64 }
    let rightSteps = (0..<steps).map { $0 * 16 * columns * 4 }
    var count = 0
    let tables = conv_tables(&count)!
    for index in 0..<count where conv_table_runs(tables[index]!) {
      for accumulate in [false, true] {
        let c = TensorMemory<Float>(count: rows * columns)
        for index in 0..<c.count { c[index] = start[index] }
        a.withUnsafeBytes { a in
          b.withUnsafeBytes { b in
            leftSteps.withUnsafeBufferPointer { leftSteps in
              rightSteps.withUnsafeBufferPointer { rightSteps in
                var work = net_blocks()
                (work.rows, work.columns, work.steps) = (downBlocks, acrossBlocks, steps)
                (work.a, work.a_row) = (a.baseAddress, steps * 64)
                (work.a_block, work.a_steps) = (16 * steps * 64, leftSteps.baseAddress)
                (work.b, work.b_row) = (b.baseAddress, columns * 4)
                (work.b_block, work.b_steps) = (64, rightSteps.baseAddress)
                (work.c, work.c_row, work.accumulate) = (c.pointer, columns, accumulate)
                tables[index]!.pointee.net.products_of_blocks(1, &work)
              }
            }
          }
        }
        let expected = plain(
          rows: rows, columns: columns, steps: steps, a, b,
          from: accumulate ? start : [Float](repeating: 0, count: rows * columns))
        #expect(elements(c).map(\.bitPattern) == expected, "table \(index)")
      }
    }
  }
}
