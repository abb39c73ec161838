import Random
import Raster

/// How many pictures are made of an example to be judged together (test-time augmentation).
///
/// The outputs of the last layer, before softmax, are averaged.
public enum Views: Int, Sendable, Hashable, CaseIterable {
  /// The example itself.
  case one = 1
  /// f(x) = ½·(net(x) + net(mirrored x)).
  case two = 2
  /// ½·f(x) + ¼·f(x moved up and left by a pixel) + ¼·f(x moved down and right), the border mirrored.
  case six = 6

  /// Shift in rows and columns, and weight of f there.
  var shifts: [(shift: Int, weight: Float)] {
    self == .six ? [(0, 0.5), (1, 0.25), (-1, 0.25)] : [(0, 1)]
  }
}

/// Runs a network on the views of examples.
final class ViewedNetwork {
  private let compiled: CompiledNetwork
  private let views: Views
  private let image: FloatBuffer
  private let sums: FloatBuffer

  init(_ compiled: CompiledNetwork, _ views: Views) {
    self.compiled = compiled
    self.views = views
    let size = views == .one ? 0 : compiled.batch
    image = FloatBuffer(count: size * compiled.network.input.count)
    sums = FloatBuffer(count: size * compiled.network.output.count)
  }

  /// The outputs for `count` examples, at most a batch; valid until the next call.
  func outputs(_ x: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float> {
    let pass = Pass(count: count, isTraining: false, random: CounterRandom(key: 0))
    if views == .one { return compiled.chain.forward(x, pass) }
    let length = count * compiled.network.output.count
    sums.base.update(repeating: 0, count: length)
    for (shift, weight) in views.shifts {
      for flips in [false, true] {
        show(x, count, shift, flips)
        let outputs = compiled.chain.forward(UnsafePointer(image.base), pass)
        for i in 0..<length { sums.base[i] += 0.5 * weight * outputs[i] }
      }
    }
    return UnsafePointer(sums.base)
  }

  /// Lays a view of each example into `image`.
  private func show(_ x: UnsafePointer<Float>, _ count: Int, _ shift: Int, _ flips: Bool) {
    let shape = compiled.network.input
    // Safety: examples don't overlap, and places lie within them.
    nonisolated(unsafe) let (from, to) = (x, image.base)
    compiled.team.run(count) { example in
      let (from, to) = (from + example * shape.count, to + example * shape.count)
      for y in 0..<shape.height {
        let row = Self.mirrored(y + shift, shape.height) * shape.width
        for column in 0..<shape.width {
          // Moved first, mirrored then.
          let shown = flips ? shape.width - 1 - column : column
          let place = Self.mirrored(shown + shift, shape.width)
          (to + (y * shape.width + column) * shape.channels).update(
            from: from + (row + place) * shape.channels, count: shape.channels)
        }
      }
    }
  }

  /// Where a place beyond the border shows: `c b | a b c | b a`.
  private static func mirrored(_ place: Int, _ length: Int) -> Int {
    if length == 1 { return 0 }
    return place < 0 ? -place : place < length ? place : 2 * (length - 1) - place
  }
}
