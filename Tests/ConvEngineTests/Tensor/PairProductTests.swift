import CConvKernels
import ConvEngine
import Testing

/// Numbers of make_bf16.py.
private enum PyTorch {
  static let numbers: [UInt32] = [
    0x3F80_8000, 0x3F81_8000, 0x3F80_8001, 0x3F80_7FFF, 0x3F81_7FFF, 0x3F81_8001,
    0x7F7F_FFFF, 0x7F7F_7FFF, 0x0080_0000, 0x0080_7FFF, 0x0080_8000, 0x7F80_0000,
    0x0000_0000, 0xBF80_8000, 0xBF81_8000, 0xBF80_8001, 0xBF80_7FFF, 0xBF81_7FFF,
    0xBF81_8001, 0xFF7F_FFFF, 0xFF7F_7FFF, 0x8080_0000, 0x8080_7FFF, 0x8080_8000,
    0xFF80_0000, 0x8000_0000, 0xB005_CE26, 0xB323_A1D6, 0xB615_1A96, 0x392F_D1C5,
    0xBB4D_0CD7, 0x3FF8_AD2B, 0xC2B0_E207, 0xC53D_BCBB, 0x481A_D66C, 0xCB59_7156,
    0xCE04_FD02,
  ]
  static let rounded: [UInt16] = [
    0x3F80, 0x3F82, 0x3F81, 0x3F80, 0x3F81, 0x3F82, 0x7F80, 0x7F7F, 0x0080, 0x0080, 0x0080, 0x7F80,
    0x0000, 0xBF80, 0xBF82, 0xBF81, 0xBF80, 0xBF81, 0xBF82, 0xFF80, 0xFF7F, 0x8080, 0x8080, 0x8080,
    0xFF80, 0x8000, 0xB006, 0xB324, 0xB615, 0x3930, 0xBB4D, 0x3FF9, 0xC2B1, 0xC53E, 0x481B, 0xCB59,
    0xCE05,
  ]
  static let left: [UInt32] = [
    0x4027_553B, 0xBEDE_3842, 0x3EB4_6550, 0xBD84_3391, 0x3F44_C4E5, 0x3F6C_607B,
    0xBF0E_EE41, 0x3F47_958E, 0x3F3E_A9B4, 0x3D01_AAA9, 0xBF96_11AC, 0xBFC0_E36C,
    0x3E31_2E07, 0x3E2A_C4FF, 0xBF91_9132, 0xBF52_2225, 0x3F7D_50EB, 0x3F05_0C66,
    0xBF2F_A4B8, 0xBEBE_2430, 0x3F7D_9ADC, 0x3F3E_1A56, 0x3FA2_95A8, 0x3FA9_4EE3,
    0x3FC7_7BAF, 0xBEB7_20BC, 0xBE80_4D53, 0xC02A_8241,
  ]
  static let right: [UInt32] = [
    0x3EF2_3D0F, 0x3F1B_6586, 0xBF60_BFC3, 0xBF3E_1A82, 0xBEFE_9E6F, 0xBFFF_C78C,
    0xC017_43C8, 0x3E82_1CD6, 0xBFFB_CEA2, 0xBE0C_09A9, 0x3FEF_676F, 0x3E1A_1C58,
    0x3F6B_1E11, 0x3EF0_87A0, 0x3F73_1243, 0xC016_754B, 0xBD94_A42D, 0xBF0C_0B7F,
    0x3EF9_C3D8, 0x3EE3_CC7D, 0x3F8B_9454, 0xBF4E_0719, 0xBD83_3FE0, 0x3F54_1BD2,
    0x3F90_CB2D, 0xBF6D_6608, 0x3F42_798D, 0xBE63_FA86, 0x3E01_13B3, 0x3D77_3085,
    0xBF11_54ED, 0xBF8C_4888, 0x3EFA_AD35, 0x3EFE_7029, 0xBEDF_806C,
  ]
  static let product: [UInt32] = [
    0x404D_9BC0, 0x4056_7394, 0xC024_B9D8, 0xBEF2_0700, 0x3E72_1500, 0xBE62_2900,
    0xBD11_D300, 0x3EA0_1000, 0xC070_0028, 0xC030_39E1, 0x3F42_3F00, 0x3F0A_DD60,
    0x4001_F0C0, 0x4043_9E70, 0x3F1D_4A70, 0xC001_5380, 0x3F0D_0340, 0xBF99_68D8,
    0xC055_23C0, 0x4009_A700,
  ]
}

/// The micro-kernels that run here.
private let tables: [net_table] = {
  var count = 0
  let all = conv_tables(&count)!
  return (0..<count).map { all[$0]! }.filter { conv_table_runs($0) }.map(\.pointee.net)
}()

private func floats(_ bits: [UInt32]) -> [Float] { bits.map { Float(bitPattern: $0) } }

/// The nearest bfloat16, ties to even, by the value alone.
private func rounded(_ x: Float) -> Float {
  if x == 0 || x.isSubnormal || !x.isFinite { return x.isNaN || x.isInfinite ? x : x * 0 }
  // Where units in the last place are no subnormal numbers, which this thread may take for 0.
  let scale: Float = x.magnitude < 0x1p-64 ? 0x1p64 : 1
  // 2¹⁶ units in the last place of single precision.
  let unit = Double((x * scale).ulp) * 65536
  return Float((Double(x * scale) / unit).rounded(.toNearestOrEven) * unit / Double(scale))
}

/// a·b of row-major matrices, as the kernels of a table do it.
private func product(
  _ table: net_table, rows: Int, depth: Int, columns: Int, _ a: [Float], _ b: [Float]
) -> [Float] {
  let (steps, panel) = ((depth + 1) / 2, Int(table.panel))
  let panels = (columns + panel - 1) / panel
  let left = TensorMemory<Float>(count: rows * steps)
  let right = TensorMemory<Float>(count: panels * steps * panel)
  let c = TensorMemory<Float>(count: rows * columns)
  a.withUnsafeBufferPointer { a in
    for row in 0..<rows {
      let target = UnsafeMutableRawPointer(left.pointer + row * steps)
        .bindMemory(to: UInt16.self, capacity: 2 * steps)
      target[2 * steps - 1] = 0
      table.round_row(depth, a.baseAddress! + row * depth, target)
    }
  }
  b.withUnsafeBufferPointer { b in
    for index in 0..<panels {
      table.pair_rows(
        depth, min(panel, columns - index * panel), b.baseAddress! + index * panel, columns,
        right.pointer + index * steps * panel, panel)
    }
  }
  var run = 0
  withUnsafePointer(to: &run) { run in
    var work = net_product()
    (work.rows, work.columns) = (rows, columns)
    (work.a, work.a_row, work.a_step) = (UnsafePointer(left.pointer), steps, 1)
    (work.runs, work.run_count, work.run_length) = (run, 1, steps)
    (work.b, work.b_step, work.b_panel) = (UnsafePointer(right.pointer), panel, steps * panel)
    (work.c, work.c_row) = (c.pointer, columns)
    table.product_of_pairs(&work)
  }
  return withExtendedLifetime((left, right)) { elements(c) }
}

@Suite("Products of bfloat16")
struct PairProductTests {
  @Test("numbers are rounded as PyTorch rounds them, on every instruction set")
  func rounding() {
    let numbers = floats(PyTorch.numbers)
    for table in tables {
      var pairs = [Float](repeating: 0, count: numbers.count)
      table.pair(numbers.count, numbers, Array(numbers.reversed()), &pairs)
      for (index, pair) in pairs.enumerated() {
        #expect(UInt16(truncatingIfNeeded: pair.bitPattern) == PyTorch.rounded[index])
        #expect(
          UInt16(pair.bitPattern >> 16) == PyTorch.rounded[numbers.count - 1 - index])
      }
      for (index, number) in numbers.enumerated() {
        let expected = Float(bitPattern: UInt32(PyTorch.rounded[index]) << 16)
        #expect(abs(number) > 3e38 || rounded(number) == expected)
      }
    }
  }

  @Test("numbers below the normal range are 0 with their sign, and NaN stays NaN")
  func special() {
    let numbers = floats([
      0x0000_0001, 0x807F_FFFF, 0x007F_FFFF, 0x7F80_0001, 0xFFFF_FFFF, 0x7FA1_0000,
    ])
    for table in tables {
      var halves = [UInt16](repeating: 0x5555, count: 7)
      table.round_row(6, numbers, &halves)
      #expect(halves[6] == 0x5555)
      #expect(halves.prefix(3) == [0, 0x8000, 0])
      for half in halves[3..<6] {
        #expect(Float(bitPattern: UInt32(half) << 16).isNaN)
      }
    }
  }

  @Test("a product is PyTorch's, of rounded operands with sums of single precision")
  func golden() {
    for table in tables {
      let c = product(
        table, rows: 4, depth: 7, columns: 5, floats(PyTorch.left), floats(PyTorch.right))
      for (ours, theirs) in zip(c, floats(PyTorch.product)) {
        #expect(abs(ours - theirs) < 1e-6 * max(1, abs(theirs)))
      }
    }
  }

  @Test(
    "every instruction set has the sums of the instruction: the odd product first, each rounded once",
    arguments: [
      (1, 1, 1), (3, 2, 5), (13, 9, 16), (24, 33, 31), (25, 64, 40), (12, 7, 70), (9, 300, 33),
      (50, 5, 64),
    ])
  func order(rows: Int, depth: Int, columns: Int) {
    var samples = TensorSamples(rows + depth)
    let a = elements(samples.memory(rows * depth))
    let b = elements(samples.memory(depth * columns))
    var plain: [UInt32] = []
    for i in 0..<rows {
      for j in 0..<columns {
        var sum: Float = 0
        for k in stride(from: 0, to: depth, by: 2) {
          for own in [k + 1, k] where own < depth {
            sum.addProduct(rounded(a[i * depth + own]), rounded(b[own * columns + j]))
          }
        }
        plain.append(sum.bitPattern)
      }
    }
    for table in tables {
      let c = product(table, rows: rows, depth: depth, columns: columns, a, b)
      #expect(c.map(\.bitPattern) == plain, "\(table.lanes) lanes")
    }
  }
}
