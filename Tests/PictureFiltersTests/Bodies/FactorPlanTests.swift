import Libc
import PictureFilters
import Testing

func exponential(_ x: Double) -> Double { exp(x) }

@Suite struct FactorPlanTests {
  @Test(
    "a Gaussian is within one level everywhere, whatever the picture",
    arguments: [0.3, 0.5, 0.8, 1, 1.1, 2, 3, 5, 10, 20, 50, 100, 250])
  func bound(sigma: Double) {
    let factor = normalisedGaussian(sigma)
    for input in [Element.uint8, .uint16] {
      let plan = FactorPlan(column: factor, row: factor, input: input)
      #expect(plan.errorBound < 1)
      if input == .uint8 {
        guard case .fixed = plan else {
          Issue.record("eight-bit Gaussians run in fixed point")
          continue
        }
      }
    }
  }

  @Test("weights in fixed point add up exactly", arguments: [0.3, 0.8, 1.1, 5, 20, 250])
  func sums(sigma: Double) {
    let factor = normalisedGaussian(sigma)
    guard let fixed = FixedPointFactors(column: factor, row: factor) else {
      Issue.record("a Gaussian fits")
      return
    }
    #expect(fixed.column.reduce(0) { $0 + Int($1) } == 1 << fixed.columnBits)
    #expect(fixed.row.reduce(0) { $0 + Int($1) } == 1 << fixed.rowBits)
    #expect(fixed.column == fixed.column.reversed())
  }

  @Test("widened, a flat field is 257 to a level", arguments: [0.3, 0.8, 1, 3, 20, 50])
  func widened(sigma: Double) throws {
    let factor = normalisedGaussian(sigma)
    let fixed = try #require(FixedPointFactors(column: factor, row: factor, widens: true))
    #expect(fixed.errorBound < 0.12)
    #expect(fixed.row.reduce(0) { $0 + Int($1) } * 256 == 257 << fixed.rowBits)
    let body = BodyChoice(
      BodyRequest(.formula(.fixed(fixed)), input: .uint8, output: .uint16, rounding: nil)
    ).body
    // 257 · value: its byte twice.
    keepsFlatBytes(body, bytes: 6)
  }

  /// Checks that flat fields of every byte yield so many of it for three results.
  private func keepsFlatBytes(_ body: any FilterBody, bytes: Int) {
    let source = SampleRows(.uint8, width: 3 + body.reachSamples, count: body.inputRows(1))
    for value in UInt8.min...UInt8.max {
      for y in 0..<source.count {
        source.row(y).initializeMemory(as: UInt8.self, repeating: value, count: source.width)
      }
      #expect(
        body.results(source, rows: 1, width: 3, cut: 1)
          == [[UInt8](repeating: value, count: bytes)])
    }
  }

  @Test("flat fields keep their value", arguments: [0.4, 1, 3, 20])
  func flat(sigma: Double) {
    let factor = normalisedGaussian(sigma)
    func body(_ input: Element) -> any FilterBody {
      let plan = FactorPlan(column: factor, row: factor, input: input)
      return BodyChoice(BodyRequest(.formula(plan), input: input, output: input, rounding: nil))
        .body
    }
    keepsFlatBytes(body(.uint8), bytes: 3)
    let body16 = body(.uint16)
    let wide = SampleRows(.uint16, width: 1 + body16.reachSamples, count: body16.inputRows(1))
    for value in stride(from: 0, through: 65535, by: 771) {
      for y in 0..<wide.count {
        wide.row(y).initializeMemory(as: UInt16.self, repeating: UInt16(value), count: wide.width)
      }
      #expect(
        body16.results(wide, rows: 1, width: 1, cut: 1)
          == [[UInt8(value & 255), UInt8(value >> 8)]])
    }
  }
}
