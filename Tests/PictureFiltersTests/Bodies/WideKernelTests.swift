import CConvKernels
import TestSupport
import Testing

@testable import PictureFilters

/// The micro-kernels of Gaussians of large σ over 16 bits, on every instruction set.
@Suite struct WideKernelTests {
  static let sets = MicroKernels.available.indices

  @Test("a window is folded in groups of 8, and those in groups of 8", arguments: sets)
  func folding(set: Int) {
    let fold = MicroKernels.available[set].table.pointee.wide.fold!
    for radius in [0, 1, 7, 8, 9, 63, 64, 65, 200] {
      let count = 128
      var generator = SplitMix(radius)
      let memory = (0..<(2 * radius + 1) * count).map { _ in
        Float.random(in: -32768...32767, using: &generator)
      }
      let weights = (0...radius).map { _ in Float.random(in: 0...1, using: &generator) }
      func groups(_ range: Range<Int>, _ size: Int) -> [Range<Int>] {
        stride(from: range.lowerBound, to: range.upperBound, by: size).map {
          $0..<min($0 + size, range.upperBound)
        }
      }
      func sum(_ values: [Float]) -> Float { values.dropFirst().reduce(values[0], +) }
      let wanted = (0..<count).map { x in
        func both(_ k: Int) -> Float {
          weights[k] * (memory[k * count + x] + memory[(2 * radius - k) * count + x])
        }
        let blocks = groups(0..<radius, 64).map { block in
          sum(groups(block, 8).map { sum($0.map(both)) })
        }
        let middle = weights[radius] * memory[radius * count + x]
        return sum(blocks.isEmpty ? [middle] : [sum(blocks), middle])
      }
      var result = [Float](repeating: -1, count: count)
      memory.withUnsafeBufferPointer { memory in
        let rows: [UnsafePointer<Float>?] = (0...2 * radius).map {
          memory.baseAddress! + $0 * count
        }
        // Safety: two blocks of 64 samples lie in each row and in the result.
        fold(rows, weights, radius, &result, count - 5)
      }
      #expect(result == wanted)
    }
  }

  @Test("samples come back as they were, with alpha and without", arguments: sets)
  func samples(set: Int) {
    let kernels = MicroKernels.available[set].table.pointee.wide
    let all = (0..<65536).map { UInt16($0) }
    var floats = [Float](repeating: 0, count: all.count)
    kernels.center(all, &floats, all.count)
    #expect(floats == all.map { Float($0) - 32768 })
    var back = [UInt16](repeating: 1, count: all.count)
    kernels.round(floats, &back, all.count)
    #expect(back == all)
    kernels.round([-40000, 40000, 0.49, 0.5, -0.5], &back, 5)
    #expect(back[..<5] == [0, 65535, 32768, 32769, 32768])
    for channels in [2, 4] {
      // Every level, once with each kind of alpha.
      let alphas: [UInt16] = [65535, 65534, 40000, 1, 0]
      for alpha in alphas {
        let pixels = stride(from: 0, to: 65536, by: 7).flatMap { level -> [UInt16] in
          let level = UInt16(level)
          return channels == 2 ? [level, alpha] : [level, 65535 - level, 3, alpha]
        }
        let count = pixels.count / channels
        var made = [Float](repeating: 0, count: pixels.count)
        kernels.premultiply(pixels, channels, count, &made)
        let part = Float(alpha) * (1 / 65535)
        let wanted = pixels.enumerated().map { index, value in
          index % channels == channels - 1
            ? Float(Int(value) - 65535) : Float(Int(value) - 32768) * part
        }
        #expect(made == wanted)
        var result = [UInt16](repeating: 1, count: pixels.count)
        kernels.divide(made, channels, count, &result)
        if alpha == 0 {
          #expect(result.allSatisfy { $0 == 0 })
        } else {
          let most = alpha == 65535 ? 0 : 1
          #expect(zip(result, pixels).allSatisfy { abs(Int($0) - Int($1)) <= most })
          #expect(
            stride(from: channels - 1, to: result.count, by: channels).allSatisfy {
              result[$0] == alpha
            })
        }
      }
    }
  }
}
