import ConvNet
import Random
import Raster
import Testing

@Suite("Pooling")
struct PoolingTests {
  static let windows = [
    "2", "3 stride 2 pad 1", "3 stride 1 same", "2x5 stride 3x2", "4 stride 3 same",
    "5x1 stride 1 pad 2,0,1,0",
  ]

  @Test(
    "the largest and the smallest of a window's samples inside the map are those of plain loops",
    arguments: ["maxpool", "minpool"], windows)
  func extremes(word: String, window: String) throws {
    let input = FeatureShape(height: 11, width: 9, channels: 19)
    let network = try Network(Architecture("\(word) \(window)"), input: input)
    let random = CounterRandom(key: 5)
    let images = (0..<3 * input.count).map { 2 * random.uniform(UInt64($0)) - 1 }
    let weights = Weights(network, seed: 1)
    let pooling = try #require(network.nodes[0].layer as? any Pooling)
    let (of, output) = (pooling.window, network.output)
    let (top, left) = (of.paddingY(input.height).before, of.paddingX(input.width).before)
    var expected: [Float] = []
    for image in 0..<3 {
      for y in 0..<output.height {
        for x in 0..<output.width {
          for c in 0..<input.channels {
            var seen: [Float] = []
            for row in y * of.strideY - top..<y * of.strideY - top + of.height {
              for column in x * of.strideX - left..<x * of.strideX - left + of.width
              where (0..<input.height).contains(row) && (0..<input.width).contains(column) {
                seen.append(
                  images[
                    ((image * input.height + row) * input.width + column) * input.channels + c])
              }
            }
            expected.append(word == "maxpool" ? seen.max()! : seen.min()!)
          }
        }
      }
    }
    for threads in [1, 3] {
      let compiled = CompiledNetwork(
        network, weights, batch: 2, team: ThreadTeam(threads: threads))
      #expect(compiled.outputs(for: images) == expected)
    }
  }
}
