import CConvKernels
import ConvEngine
import KernelLanguage
import Raster
import TestSupport
import Testing

@testable import PictureFilters

/// Kernels that are products, in double precision: sums down the columns for several rows at once.
@Suite struct RealColumnTests {
  @Test(
    "weighted rows are added tap by tap, nothing fused", arguments: MicroKernels.available.indices)
  func rows(set: Int) {
    let add = MicroKernels.available[set].table.pointee.add_rows_f64!
    for (taps, count) in [(0, 5), (1, 1), (3, 33), (7, 64), (40, 129)] {
      var generator = SplitMix(taps)
      func numbers(_ count: Int) -> [Double] {
        (0..<count).map { _ in Double.random(in: -1e6...1e6, using: &generator) }
      }
      let (memory, weights, before) = (numbers(taps * count), numbers(taps), numbers(count))
      var sums = before + [7]
      memory.withUnsafeBufferPointer { memory in
        let rows: [UnsafePointer<Double>?] = (0..<taps).map { memory.baseAddress! + $0 * count }
        // Safety: `count` numbers in each row and before the last of the sums.
        add(rows, weights, taps, &sums, count)
      }
      let wanted = (0..<count).map { x in
        (0..<taps).reduce(before[x]) { sum, tap in
          let product = memory[tap * count + x] * weights[tap]
          return sum + product
        }
      }
      #expect(sums == wanted + [7])
    }
  }

  /// Weights of both axes, and the picture's numbers, by plain loops.
  private func plain(
    _ column: [Double], _ row: [Double], _ geometry: StageGeometry, _ size: (x: Int, y: Int),
    beyond: Double?, _ number: (Int, Int) -> Double
  ) -> [Double] {
    var oracle = RealOracle(columns: size.x, rows: size.y, padding: geometry.padding!)
    oracle.stride = (geometry.strideX ?? 1, geometry.strideY ?? 1)
    let (width, height) = (row.count, column.count)
    return oracle.windows(width, height, anchor: (width / 2, height / 2)).map { window in
      let numbers = oracle.numbers(window, width, height, number, beyond: beyond)
      return numbers.enumerated().reduce(0) { sum, place in
        sum + (place.element ?? 0) * column[place.offset / width] * row[place.offset % width]
      }
    }
  }

  @Test(
    "colours of 16 bits weigh as much as their alpha, rounded once",
    arguments: [
      Padding.replicate, .reflect, .reflect101, .wrap, .zero, .constant(30000), .valid, .truncate,
    ], [(1, 1), (2, 3)])
  func alpha(padding: Padding, stride: (x: Int, y: Int)) throws {
    let (width, height, channels) = (23, 37, 4)
    let samples: [UInt16] = GaussianSignal.noise.samples(width, height, channels)
    let kernel = GaussianKernel.samples(sigma: 2.3, count: 19)
    let stage = try KernelSpec.parse("gaussian:sigma=2.3")
    var options = FilterOptions()
    options.geometry = StageGeometry(strideX: stride.x, strideY: stride.y, padding: padding)
    let source = picture(width, height, .rgba, samples)
    let plan = try FilterPlan(input: source.format, stages: [stage], options: options)
    #expect(plan.description.contains { $0.contains("in double precision") })
    func sums(_ channel: Int?, beyond: Double) -> [Double] {
      let hasBeyond = padding == .zero || padding == .constant(30000)
      return plain(
        kernel, kernel, options.geometry, (width, height), beyond: hasBeyond ? beyond : nil
      ) { x, y in
        let pixel = (y * width + x) * channels
        return Double(samples[pixel + 3]) * (channel.map { Double(samples[pixel + $0]) } ?? 1)
      }
    }
    let level = padding == .constant(30000) ? 30000.0 : 0
    let alphas = sums(nil, beyond: 65535)
    let colors = (0..<3).map { sums($0, beyond: level * 65535) }
    let current = InstructionSet.current
    defer { current.force() }
    for set in InstructionSet.available {
      set.force()
      for threads in [1, 3] {
        let got: [UInt16] = try filtered(source, [stage], options, threads: threads)
        #expect(got.count == alphas.count * channels)
        for place in alphas.indices where alphas[place] > 0 {
          for channel in 0..<3 {
            let wanted = colors[channel][place] / alphas[place]
            #expect(abs(Double(got[place * channels + channel]) - wanted) < 0.5 + 1e-6)
          }
          guard padding != .truncate else { continue }
          #expect(abs(Double(got[place * channels + 3]) - alphas[place]) < 0.5 + 1e-6)
        }
      }
    }
  }

  @Test("lines too long to be held are read once a band; every band's rows are alike")
  func long() throws {
    let (width, height) = (700, 60)
    let samples: [UInt16] = GaussianSignal.noise.samples(width, height, 4)
    let stage = try KernelSpec.parse("gaussian:sigma=9")
    let source = picture(width, height, .rgba, samples)
    let got: [UInt16] = try filtered(source, [stage], threads: 2)
    // The same, turned on its side.
    var turned: [UInt16] = []
    for x in 0..<width {
      for y in 0..<height { turned += samples[(4 * (y * width + x))...].prefix(4) }
    }
    let other: [UInt16] = try filtered(picture(height, width, .rgba, turned), [stage])
    var worst = 0
    for place in samples.indices {
      let (pixel, channel) = place.quotientAndRemainder(dividingBy: 4)
      let opposite = (pixel % width * height + pixel / width) * 4 + channel
      worst = max(worst, abs(Int(got[place]) - Int(other[opposite])))
    }
    #expect(worst <= 1)
  }
}
