import ArgumentParser
import Datasets
import Raster
import Synchronization

/// Pictures of a folder that are decoded and augmented in a second.
struct Photographs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "photographs",
    abstract: "Time the decoding and augmenting of a folder's pictures.",
    discussion: """
      As training does with folders beyond memory: every picture is decoded anew, brought to --size, a \
      random part of it to --crop, flipped, normalised. Prints one JSON object; \
      Tests/Proofs/photographs.py runs it beside torchvision.
      """)

  @Argument(help: "A folder with a folder of pictures for each class.")
  var folder: String

  @Option(help: "Side of the images that pictures are brought to, in pixels.")
  var size = 256

  @Option(help: "Side of the examples, in pixels.")
  var crop = 224

  @Option(help: "The smallest share of an image's area that a part has.")
  var part: Float = 0.08

  @Option(help: "Passes over the pictures.")
  var epochs = 2

  @Option(help: "Threads.")
  var threads = 2

  func run() throws {
    let team = ThreadTeam(threads: threads)
    let path = ImageFolder(folder)
    // Less than all images take, so that they are decoded each time they are asked for.
    let few = try path.load(
      size: (size, size), channels: 3, fit: .crop, memory: MemoryLimit(bytes: 1 << 28),
      streams: true, team: team)
    guard few.train.areRead else {
      throw ValidationError("\(folder): all images fit into 256 MiB; more are needed to be timed")
    }
    let batches = Batches(
      few.train, normalization: few.train.normalization(), seed: 1,
      augmentation: Augmentation(
        flip: .random, crop: .init(height: crop, width: crop), part: part))
    let clock = ContinuousClock()
    var seconds: [Double] = []
    for epoch in 0..<epochs {
      let start = clock.now
      let failure = Mutex<DatasetError?>(nil)
      team.split(0..<batches.count, grain: 1) { positions in
        var pixels = [Float](repeating: 0, count: batches.samplesPerImage)
        var labels: [Int32] = [0]
        pixels.withUnsafeMutableBufferPointer { pixels in
          labels.withUnsafeMutableBufferPointer { labels in
            do throws(DatasetError) {
              try batches.fill(positions: positions, epoch: epoch, images: pixels, labels: labels)
            } catch { failure.withLock { $0 = error } }
          }
        }
      }
      if let error = failure.withLock({ $0 }) { throw error }
      seconds.append((clock.now - start) / .seconds(1))
    }
    let rates = seconds.map { "\(Double(batches.count) / $0)" }.joined(separator: ", ")
    print(#"{"program": "convfilter", "pictures per second": [\#(rates)]}"#)
  }
}
