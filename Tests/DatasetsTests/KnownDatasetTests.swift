import Datasets
import Raster
import TestSupport
import Testing

@Suite("Known data sets")
struct KnownDatasetTests {
  @Test("the digits travel with the program")
  func digits() throws {
    let digits = try KnownDataset.digits.load(from: nil)
    #expect(digits.train.count == 1500 && digits.test.count == 297)
    #expect(digits.train.height == 8 && digits.train.width == 8 && digits.train.channels == 1)
    #expect(digits.train.support(classes: 10).reduce(0, +) == 1500)
    #expect(digits.train.support(classes: 10).min()! > 140)
    // The first image of the UCI test set is a zero: dark corners, strokes left and right.
    #expect(digits.train.labels.prefix(10) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    #expect(
      Array(digits.train.image(0).prefix(8)) == [0, 0, 79, 207, 143, 15, 0, 0])
  }

  @Test("names are understood in the usual spellings")
  func names() {
    #expect(KnownDataset.named("Fashion_MNIST")?.name == "fashion-mnist")
    #expect(KnownDataset.named("CIFAR-10")?.name == "cifar10")
    #expect(KnownDataset.named("imagenet") == nil)
  }

  @Test("class names are as many as there are classes, and differ")
  func classNames() {
    for dataset in KnownDataset.all {
      #expect(Set(dataset.classNames).count == dataset.classNames.count)
    }
    #expect(KnownDataset.cifar100.classNames.count == 100)
    #expect(KnownDataset.cifar100.classNames[80] == "squirrel")
  }

  @Test("MNIST is found and read from the test data", .enabled(if: TestData.isThere))
  func mnist() throws {
    let locations = DataLocations(chosen: TestData.folder, environment: [:])
    let folder = try #require(locations.find(.mnist))
    let little = #expect(throws: DatasetError.self) {
      try KnownDataset.mnist.load(from: folder, memory: MemoryLimit(bytes: 60 << 20))
    }
    #expect("\(try #require(little))".hasPrefix("reading the images needs 1"))
    let mnist = try KnownDataset.mnist.load(from: folder, memory: MemoryLimit(bytes: 120 << 20))
    #expect(mnist.train.count == 60000 && mnist.test.count == 10000)
    #expect(mnist.train.labels.prefix(6) == [5, 0, 4, 1, 9, 2])
    #expect(
      mnist.test.support(classes: 10) == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    // The published figures: mean 0.1307, deviation 0.3081.
    let normalization = mnist.train.normalization()
    #expect(abs(normalization.mean[0] - 0.1307) < 0.0001)
    #expect(abs(normalization.deviation[0] - 0.3081) < 0.0001)
    // The same file names, but not the same data set.
    #expect(DataLocations(chosen: "\(folder.path)", environment: [:]).find(.mnist) == folder)
    #expect(DataLocations(chosen: "\(folder.path)", environment: [:]).find(.fashionMNIST) == nil)
    #expect(KnownDataset.held(by: folder)?.name == "mnist")
    #expect(KnownDataset.held(by: DataFolder(TestData.folder ?? ".")) == nil)
  }

  @Test("a data folder is named by an option, the environment, XDG or the home folder")
  func locations() {
    func target(_ chosen: String?, _ environment: [String: String]) -> String {
      "\(DataLocations(chosen: chosen, environment: environment).target.path)"
    }
    let all = ["CONVFILTER_DATA": "/c", "XDG_DATA_HOME": "/x", "HOME": "/h"]
    #expect(target("/o", all) == "/o")
    #expect(target(nil, all) == "/c")
    #expect(target(nil, ["XDG_DATA_HOME": "/x", "HOME": "/h"]) == "/x/convfilter")
    #expect(target(nil, ["CONVFILTER_DATA": "", "HOME": "/h"]) == "/h/.local/share/convfilter")
  }
}
