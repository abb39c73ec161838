extension KnownDataset {
  /// All data sets that are known by name.
  public static let all = [digits, mnist, fashionMNIST, cifar10, cifar100]

  /// The data set of that name, or nil. `fashion_mnist`, `CIFAR-10` and the like are understood.
  public static func named(_ name: String) -> KnownDataset? {
    let wanted = plain(name)
    return all.first { plain($0.name) == wanted }
  }

  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
  }

  private static let numerals = (0..<10).map(String.init)

  /// The 1,797 handwritten digits that travel with the program.
  public static let digits = KnownDataset(
    name: "digits", title: "Handwritten digits of 8×8 (Alpaydin, Kaynak)", height: 8, width: 8,
    channels: 1, trainCount: 1500, testCount: 297, classNames: numerals, licence: "CC BY 4.0",
    source: .builtIn, mirrors: [])

  public static let mnist = KnownDataset(
    name: "mnist", title: "Handwritten digits (LeCun, Cortes, Burges)", height: 28, width: 28,
    channels: 1, trainCount: 60000, testCount: 10000, classNames: numerals,
    licence: "CC BY-SA 3.0",
    source: .idx(
      folder: "mnist",
      files: IDXFiles(
        trainImages: PublishedFile(
          "train-images-idx3-ubyte.gz", size: 9_912_422,
          md5: "f68b3c2dcbeaaa9fbdd348bbdeb94873", contentsMD5: "6bbc9ace898e44ae57da46a324031adb",
          contentsSHA256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        trainLabels: PublishedFile(
          "train-labels-idx1-ubyte.gz", size: 28_881,
          md5: "d53e105ee54ea40749a09fcbcd1e9432", contentsMD5: "a25bea736e30d166cdddb491f175f624",
          contentsSHA256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        testImages: PublishedFile(
          "t10k-images-idx3-ubyte.gz", size: 1_648_877,
          md5: "9fb629c4189551a2d022fa330f9573f3", contentsMD5: "2646ac647ad5339dbf082846283269ea",
          contentsSHA256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        testLabels: PublishedFile(
          "t10k-labels-idx1-ubyte.gz", size: 4542,
          md5: "ec29112dd5afa0611ce80d1b7f02629c", contentsMD5: "27ae3e4e09519cfbb04c329615203637",
          contentsSHA256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"))
    ),
    mirrors: [
      "https://ossci-datasets.s3.amazonaws.com/mnist",
      "https://storage.googleapis.com/cvdf-datasets/mnist",
    ])

  public static let fashionMNIST = KnownDataset(
    name: "fashion-mnist", title: "Articles of clothing (Xiao, Rasul, Vollgraf)", height: 28,
    width: 28, channels: 1, trainCount: 60000, testCount: 10000,
    classNames: [
      "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
      "Ankle boot",
    ], licence: "MIT",
    source: .idx(
      folder: "fashion-mnist",
      files: IDXFiles(
        trainImages: PublishedFile(
          "train-images-idx3-ubyte.gz", size: 26_421_880,
          md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d", contentsMD5: "f4a8712d7a061bf5bd6d2ca38dc4d50a",
          contentsSHA256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        trainLabels: PublishedFile(
          "train-labels-idx1-ubyte.gz", size: 29_515,
          md5: "25c81989df183df01b3e8a0aad5dffbe", contentsMD5: "9018921c3c673c538a1fc5bad174d6f9",
          contentsSHA256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        testImages: PublishedFile(
          "t10k-images-idx3-ubyte.gz", size: 4_422_102,
          md5: "bef4ecab320f06d8554ea6380940ec79", contentsMD5: "8181f5470baa50b63fa0f6fddb340f0a",
          contentsSHA256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        testLabels: PublishedFile(
          "t10k-labels-idx1-ubyte.gz", size: 5148,
          md5: "bb300cfdad3c16e7a12a480ee83cd310", contentsMD5: "15d484375f8d13e6eb1aabb0c3f46965",
          contentsSHA256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"))
    ),
    mirrors: [
      "https://storage.googleapis.com/tensorflow/tf-keras-datasets",
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
    ])

  public static let cifar10 = KnownDataset(
    name: "cifar10", title: "Photographs in 10 classes (Krizhevsky, Nair, Hinton)", height: 32,
    width: 32, channels: 3, trainCount: 50000, testCount: 10000,
    classNames: [
      "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    ], licence: "none stated",
    source: .cifar(
      folder: "cifar-10-batches-bin",
      CIFARFiles(
        archive: PublishedFile(
          "cifar-10-binary.tar.gz", size: 170_052_171, md5: "c32a1d4ab5d03f1284b67883e8d87530"),
        train: [
          PublishedFile(
            "data_batch_1.bin", size: 30_730_000, md5: "5dd7e06a14cb22eb9f671a540d1b7c25"),
          PublishedFile(
            "data_batch_2.bin", size: 30_730_000, md5: "5ea93a67294ea407fff1d09f752e9692"),
          PublishedFile(
            "data_batch_3.bin", size: 30_730_000, md5: "942cd6a4bcdd0dd3c604fbe906cb4421"),
          PublishedFile(
            "data_batch_4.bin", size: 30_730_000, md5: "ae636b3ba5c66a11e91e8cb52e771fcb"),
          PublishedFile(
            "data_batch_5.bin", size: 30_730_000, md5: "53f37980c15c3d472c316c40844f3f0d"),
        ],
        test: PublishedFile(
          "test_batch.bin", size: 30_730_000, md5: "803d5f7f4d78ea53de84dbe85f74fb6d"),
        labelBytes: 1)),
    mirrors: [
      "https://www.cs.toronto.edu/~kriz",
      "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10",
    ])

  public static let cifar100 = KnownDataset(
    name: "cifar100", title: "Photographs in 100 classes (Krizhevsky, Nair, Hinton)", height: 32,
    width: 32, channels: 3, trainCount: 50000, testCount: 10000, classNames: cifar100Names,
    licence: "none stated",
    source: .cifar(
      folder: "cifar-100-binary",
      CIFARFiles(
        archive: PublishedFile(
          "cifar-100-binary.tar.gz", size: 168_513_733, md5: "03b5dce01913d631647c71ecec9e9cb8"),
        train: [
          PublishedFile(
            "train.bin", size: 153_700_000, md5: "6172c7755cfe09b2fe270c85cebc1b15")
        ],
        test: PublishedFile(
          "test.bin", size: 30_740_000, md5: "4499cfba6c016c1be1438163640a0898"),
        labelBytes: 2)),
    mirrors: ["https://www.cs.toronto.edu/~kriz"])

  /// The fine labels, in the order of `fine_label_names.txt`.
  private static let cifar100Names = """
    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus \
    butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch \
    crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo \
    keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain mouse \
    mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy \
    porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper \
    snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television \
    tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm
    """.split(separator: " ").map(String.init)
}
